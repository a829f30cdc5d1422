from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pytest

from mailbot.engines.embedding import Embedding
from mailbot.engines.intent import IntentModel, load_weights
from mailbot.engines.languages import Languages
from mailbot.errors import Transient
from mailbot.model import Address, Check, Part, Reading, Texts
from mailbot.ports import Tenant
from mailbot.rules import default_taxonomy
from mailbot.understanding import Context, Engines, understand
from mailbot.understanding.documents import Lookup, understand_part
from mailbot.understanding.documents.checks import same_address, same_name

ON = date(2026, 2, 10)
CERTIFICATE = """ATTESTATION D'ASSURANCE HABITATION
Mutuelle du Vallon certifie que
Assurée : Mme Claire Fontaine
contrat n° MV-4471-882 multirisque habitation, risques locatifs
12 bis av. des Lilas, 59000 Lille
Période du 01/01/2026 au 31/12/2026"""
PAPER = Part("a.pdf", "application/pdf", 1, "00", "pdf", 1, CERTIFICATE)
CLAIRE = Reading("sha256:x", 1, sender=Address("FONTAINE C.", "claire@example.org"))
TENANT = Tenant("Claire Fontaine", "claire@example.org", "12bis, avenue des lilas 59000 LILLE", "B-7", date(2026, 3, 1))


def checks(reading: Reading, on: date, lookup: Lookup) -> dict[str, bool | None]:
    return {check.name: check.ok for check in understand_part(PAPER, reading, on, "fr", lookup).checks}


def test_everything_fits() -> None:
    assert set(checks(CLAIRE, ON, Lookup("", TENANT)).values()) == {True}


@pytest.mark.parametrize(
    ("on", "ok"), [(date(2025, 12, 31), False), (date(2026, 12, 31), True), (date(2027, 1, 1), False)]
)
def test_valid_on_the_day_of_the_mail(on: date, ok: bool) -> None:
    assert checks(CLAIRE, on, Lookup("none"))["valid_today"] is ok


def test_a_cover_that_starts_with_the_lease_starts_in_time() -> None:
    early = date(2025, 12, 1)
    lease = Tenant("Claire Fontaine", lease_start=date(2026, 1, 1))

    assert checks(CLAIRE, early, Lookup("none"))["starts_in_time"] is False
    assert checks(CLAIRE, early, Lookup("", lease))["starts_in_time"] is True


def test_nothing_to_compare_with_says_why() -> None:
    made = understand_part(PAPER, Reading("sha256:x", 1), ON, "fr")

    assert made.checks[2:] == (
        Check("insured_matches_sender", None, "pas de nom d'expéditeur à comparer"),
        Check("address_matches_tenant", None, "pas de fichier des locataires configuré"),
    )


@pytest.mark.parametrize(
    ("on", "tenant", "name", "ok", "why"),
    [
        (date(2027, 1, 5), TENANT, "valid_today", False, "expirée depuis le 31/12/2026"),
        (date(2025, 12, 1), TENANT, "valid_today", False, "ne commence que le 01/01/2026"),
        (ON, TENANT, "valid_today", True, "valable jusqu'au 31/12/2026"),
        (ON, TENANT, "starts_in_time", True, "valable dès le 01/01/2026, le bail commence le 01/03/2026"),
        (
            date(2025, 11, 2),
            replace(TENANT, lease_start=date(2025, 12, 1)),
            "starts_in_time",
            False,
            "ne commence que le 01/01/2026, après le début du bail (01/12/2025)",
        ),
        (ON, replace(TENANT, address="14 av. des Lilas"), "address_matches_tenant", False, "même rue, autre numéro"),
        (
            ON,
            replace(TENANT, address="12 bis av. des Lilas, 59100 Roubaix"),
            "address_matches_tenant",
            False,
            "même rue, autre ville",
        ),
        (
            ON,
            replace(TENANT, address="9 quai Nord, 59000 Lille"),
            "address_matches_tenant",
            False,
            "ancien logement ou autre bail",
        ),
        (ON, replace(TENANT, address=""), "address_matches_tenant", None, "n'a pas d'adresse"),
    ],
)
def test_odd_certificates_are_explained_to_staff(
    on: date, tenant: Tenant, name: str, ok: bool | None, why: str
) -> None:
    made = understand_part(PAPER, CLAIRE, on, "fr", Lookup("", tenant))

    check = next(check for check in made.checks if check.name == name)
    assert check.ok is ok
    assert why in check.why


@pytest.mark.parametrize(
    ("sender", "ok", "why"),
    [
        ("Paul Fontaine", False, "même nom de famille, autre prénom"),
        ("Rosa Pereira", False, "un autre nom"),
        ("Mme Fontaine Claire", True, "porte le nom"),
        ("", None, "pas de nom d'expéditeur"),
    ],
)
def test_whose_certificate_it_is(sender: str, ok: bool | None, why: str) -> None:
    reading = Reading("sha256:x", 1, sender=Address(sender, "p@example.org"))

    check = understand_part(PAPER, reading, ON, "fr").checks[2]

    assert check.ok is ok
    assert why in check.why


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Claire Fontaine", "FONTAINE Claire", True),
        ("Hélène Béguin", "Helene Beguin", True),
        ("C. Fontaine", "Claire Fontaine", True),
        ("M. et Mme Paul et Claire Fontaine", "Claire Fontaine", True),
        ("Claire Fontaine née Moreau", "Claire Moreau", True),
        ("Mme Fontaine", "Claire Fontaine", True),
        ("Paul Fontaine", "Claire Fontaine", False),
        ("Claire Fontaine", "Claire Moreau", False),
        ("Jean-Marc Petit", "Sophie Lambert", False),
    ],
)
def test_names(one: str, other: str, same: bool) -> None:
    assert same_name(one, other) is same
    assert same_name(other, one) is same


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("12 bis av. des Lilas", "12bis avenue des lilas, 59000 Lille", True),
        ("3 bd du Gal Leclerc", "3, boulevard du Général Leclerc", True),
        ("4 rue St-Rémi", "4 rue Saint Remi", True),
        ("12 rue des Lilas", "14 rue des Lilas", False),
        ("12 rue des Lilas", "12 bis rue des Lilas", False),
        ("12 rue des Lilas", "12 avenue des Lilas", False),
        ("rue des Lilas", "12 rue des Lilas", False),
    ],
)
def test_addresses(one: str, other: str, same: bool) -> None:
    assert same_address(one, other) is same


def test_a_mail_that_only_brings_a_certificate_is_about_it_and_about_nothing_else() -> None:
    engines = Engines(Languages(("fr",)), None, IntentModel(load_weights(), Embedding()))
    reading = Reading("sha256:x", 1, subject="Attestation", text=Texts("Voici le document."), attachments=(PAPER,))

    made = understand(reading, "fr", engines, Context(default_taxonomy(), "fr", 0.4))

    assert made.intent == "lease.insurance"
    assert made.intent not in made.also


@dataclass(frozen=True)
class Directory:
    tenant: Tenant | None

    def find(self, email: str, references: tuple[str, ...], name: str) -> Tenant | None:  # noqa: ARG002 - the port's words
        if self.tenant is None:
            raise Transient("away")
        return self.tenant if email == self.tenant.email else None


@pytest.mark.parametrize(
    ("directory", "ok", "why"),
    [
        (None, None, "pas de fichier des locataires configuré"),
        (Directory(TENANT), True, "l'adresse est celle du fichier des locataires"),
        (Directory(Tenant("X", "x@example.org")), None, "l'expéditeur n'est pas dans le fichier des locataires"),
        (Directory(None), None, "le fichier des locataires ne répond pas"),
    ],
)
def test_understanding_asks_the_directory(directory: Directory | None, ok: bool | None, why: str) -> None:
    engines = Engines(Languages(("fr",)), None, IntentModel(load_weights(), Embedding()), directory=directory)
    reading = Reading(
        "sha256:x",
        1,
        date=datetime(2026, 2, 10, tzinfo=UTC),
        sender=Address("Claire Fontaine", "claire@example.org"),
        attachments=(PAPER,),
    )

    made = understand(reading, "fr", engines, Context(default_taxonomy(), "fr", 0.4))

    assert made.documents[0].checks[-1] == Check("address_matches_tenant", ok, why)
