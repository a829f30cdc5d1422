"""Names of months and weekdays in the languages of tenants, as `said.fold` writes them."""

from mailbot.understanding.entities.said import fold

_MONTHS = """
janvier fevrier mars avril mai juin juillet aout septembre octobre novembre decembre
janv fevr - avr - - juil - sept oct nov dec
- fev - - - - juill out sep - - -
january february march april may june july august september october november december
jan feb mar apr - jun jul aug - - - -
enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre
janeiro fevereiro marco - maio junho julho - setembro outubro novembro dezembro
gennaio febbraio - aprile maggio giugno luglio - settembre ottobre - dicembre
ianuarie februarie martie aprilie - iunie iulie - septembrie octombrie noiembrie decembrie
stycznia lutego marca kwietnia maja czerwca lipca sierpnia wrzesnia pazdziernika listopada grudnia
styczen luty marzec kwiecien maj czerwiec lipiec sierpien wrzesien pazdziernik listopad grudzien
ocak subat mart nisan mayis haziran temmuz agustos eylul ekim kasim aralik
januar februar marz - - juni juli - - oktober - dezember
января февраля марта апреля мая июня июля августа сентября октября ноября декабря
січня лютого березня квітня травня червня липня серпня вересня жовтня листопада грудня
يناير فبراير مارس أبريل مايو يونيو يوليو أغسطس سبتمبر أكتوبر نوفمبر ديسمبر
كانون_الثاني شباط آذار نيسان أيار حزيران تموز آب أيلول تشرين_الأول تشرين_الثاني كانون_الأول
جانفي فيفري - أفريل ماي جوان جويلية أوت - اكتوبر - -
- - - ابريل - - يوليوز غشت شتنبر - نونبر دجنبر
- - اذار - ايار - - اغسطس ايلول تشرين_الاول - كانون_الاول
জানুয়ারি ফেব্রুয়ারি মার্চ এপ্রিল মে জুন জুলাই আগস্ট সেপ্টেম্বর অক্টোবর নভেম্বর ডিসেম্বর
জানুয়ারী ফেব্রুয়ারী - - - - - অগাস্ট - - - -
"""
_WEEKDAYS = """
lundi mardi mercredi jeudi vendredi samedi dimanche
monday tuesday wednesday thursday friday saturday sunday
lunes martes miercoles jueves viernes sabado domingo
segunda-feira terca-feira quarta-feira quinta-feira sexta-feira - -
segunda terca quarta quinta sexta - -
lunedi martedi mercoledi giovedi venerdi sabato domenica
luni marti miercuri joi vineri sambata duminica
poniedzialek wtorek sroda czwartek piatek sobota niedziela
- - srode - - sobote niedziele
pazartesi sali carsamba persembe cuma cumartesi pazar
понедельник вторник среда четверг пятница суббота воскресенье
- - среду - пятницу субботу -
понеділок вівторок середа четвер п'ятниця субота неділя
- - середу - п'ятницю суботу неділю
الاثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد
الإثنين - الاربعاء - - - الاحد
সোমবার মঙ্গলবার বুধবার বৃহস্পতিবার শুক্রবার শনিবার রবিবার
"""


def _numbered(table: str, first: int) -> dict[str, int]:
    return {
        fold(name.replace("_", " ")): number
        for line in table.strip().splitlines()
        for number, name in enumerate(line.split(), first)
        if name != "-"
    }


MONTHS = _numbered(_MONTHS, 1)
"""1 to 12."""
WEEKDAYS = _numbered(_WEEKDAYS, 0)
"""Monday is 0, as for `date.weekday`."""
