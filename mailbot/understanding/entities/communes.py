"""Communes of France by name: the large ones, and those that letting offices write of; names that are common words too
are left to the patterns that need an address around them.
"""

from typing import Final

from mailbot.understanding.entities.said import fold

_NAMES: Final = """
Agen Aix-en-Provence Ajaccio Albi Alençon Alès Amiens Angers Angoulême Annecy Annemasse Antibes Antony Argenteuil Arles Armentières Arras Asnières-sur-Seine
Athis-Mons Aubagne Aubervilliers Auch Aulnay-sous-Bois Aurillac Auxerre Avignon Avion Bagneux Bagnolet Bar-le-Duc Bastia Bayonne Beauvais Belfort Bergerac Besançon Béthune
Béziers Biarritz Blois Bobigny Bondy Bordeaux Boulogne-Billancourt Boulogne-sur-Mer Bourg-en-Bresse Bourges Bourgoin-Jallieu Brest Brétigny-sur-Orge Briançon Brive-la-Gaillarde
Bruay-la-Buissière Caen Cagnes-sur-Mer Calais Caluire-et-Cuire Cambrai Cannes Carcassonne Carpentras Castres Cavaillon Cayenne Cenon Cergy Châlons-en-Champagne
Chalon-sur-Saône Chambéry Champigny-sur-Marne Charenton-le-Pont Charleville-Mézières Chartres Châteauroux Châteaudun Châtellerault Chaumont Chelles Cherbourg Choisy-le-Roi Cholet Clamart
Clermont-Ferrand Clichy Cognac Colmar Colombes Compiègne Corbeil-Essonnes Coudekerque-Branche Courbevoie Creil Créteil Croix Denain Dieppe Digne-les-Bains Dijon Dole Douai Draguignan Drancy Dreux
Dunkerque Échirolles Écully Élancourt Épernay Épinal Épinay-sur-Seine Ermont Étampes Évreux Évry Évry-Courcouronnes Fécamp Firminy Flers Floirac Fontaine Fontainebleau Fontenay-sous-Bois Forbach
Fort-de-France Franconville Fréjus Gagny Gap Garges-lès-Gonesse Gennevilliers Givors Gonesse Goussainville Grande-Synthe Grenoble Grigny Guéret Guyancourt Haguenau Haubourdin Hautmont Hayange Hazebrouck Hellemmes Hem
Hénin-Beaumont Hérouville-Saint-Clair Houilles Hyères Illkirch-Graffenstaden Issy-les-Moulineaux Istres Ivry-sur-Seine Joué-lès-Tours Kourou La-Ciotat La-Courneuve La-Rochelle La-Roche-sur-Yon La-Seyne-sur-Mer Lambersart
Lanester Lannion Laval Le-Blanc-Mesnil Le-Havre Le-Kremlin-Bicêtre Le-Lamentin Le-Mans Le-Perreux-sur-Marne Le-Port Le-Puy-en-Velay Le-Tampon Lens Levallois-Perret Libourne Liévin Lille Limoges Lisieux Livry-Gargan
Lomme Longjumeau Longwy Lons-le-Saunier Loos Lorient Lormont Lourdes Lunéville Lyon Mâcon Maisons-Alfort Malakoff Mamoudzou Manosque Mantes-la-Jolie Marcq-en-Barœul Marignane Marseille Martigues Massy Maubeuge
Meaux Melun Mende Menton Mérignac Metz Meudon Meylan Meyzieu Millau Montargis Montauban Montbéliard Montceau-les-Mines Mont-de-Marsan Montélimar Montfermeil Montigny-le-Bretonneux Montluçon Montpellier Montreuil Montrouge
Morlaix Moulins Mulhouse Nancy Nanterre Nantes Narbonne Neuilly-sur-Marne Neuilly-sur-Seine Nevers Nîmes Niort Nogent-sur-Marne Noisy-le-Grand Noisy-le-Sec Nouméa Noyon Orléans Orly Oullins Oyonnax Palaiseau Pantin Papeete Paris
Pau Périgueux Péronne Perpignan Pessac Pierrefitte-sur-Seine Pointe-à-Pitre Poissy Poitiers Pontarlier Pontivy Pontoise Privas Puteaux Quimper Quimperlé Rambouillet Reims Remiremont Rennes Rezé Rillieux-la-Pape Ris-Orangis Rive-de-Gier
Roanne Rochefort Rodez Romainville Romans-sur-Isère Romilly-sur-Seine Rosny-sous-Bois Roubaix Rouen Rueil-Malmaison Saint-André Saint-Avold Saint-Benoît Saint-Brieuc Saint-Chamond Saint-Cloud Saint-Denis Saint-Dié-des-Vosges Saint-Dizier
Saint-Étienne Saint-Étienne-du-Rouvray Saint-Germain-en-Laye Saint-Herblain Saint-Joseph Saint-Laurent-du-Maroni Saint-Leu Saint-Lô Saint-Malo Saint-Martin-d'Hères Saint-Maur-des-Fossés Saint-Nazaire Saint-Omer Saint-Ouen Saint-Paul
Saint-Pierre Saint-Pol-sur-Mer Saint-Priest Saint-Quentin Saint-Raphaël Saint-Tropez Sainte-Geneviève-des-Bois Saintes Sallanches Salon-de-Provence Sarcelles Sarreguemines Sartrouville Saumur Savigny-sur-Orge Schiltigheim Sedan Sélestat
Sète Sevran Seynod Sin-le-Noble Six-Fours-les-Plages Soissons Sotteville-lès-Rouen Stains Strasbourg Suresnes Talence Tarbes Tarascon Thiais Thionville Thonon-les-Bains Torcy Toul Toulon Toulouse Tourcoing Tourlaville Trappes Tremblay-en-France
Troyes Valence Valenciennes Vandœuvre-lès-Nancy Vannes Vaulx-en-Velin Vénissieux Verdun Vernon Versailles Vesoul Vichy Vierzon Vigneux-sur-Seine Villefontaine Villefranche-sur-Saône Villejuif Villemomble Villeneuve-d'Ascq
Villeneuve-la-Garenne Villeneuve-Saint-Georges Villeneuve-sur-Lot Villepinte Villeurbanne Villiers-le-Bel Vincennes Viry-Châtillon Vitrolles Vitry-le-François Vitry-sur-Seine Voiron Vouziers Wattrelos Wasquehal Yerres
"""
COMMUNES: Final = frozenset(fold(name).replace("-", " ") for name in _NAMES.split())
"""As `said.fold` writes them, spaces for hyphens."""
