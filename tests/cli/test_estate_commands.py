"""`python -m peering plan`, `recover`, `export`, `import`: what they say, and what they end with."""

import io
import json
from collections.abc import Sequence
from pathlib import Path

import pytest

from peering.cli.commands import main
from peering.cli.tools import Moved, Trouble
from peering.core.decision.findings import Finding
from peering.core.network.resource_ids import VnetId
from peering.core.record.by_name import OursByName
from peering.core.record.preview import Fate, HubPreview, Line, Preview, hub_preview
from peering.shell import Shell
from tests.builders import HUB_ID, SPOKE_ID, vnet_id

B, C = vnet_id("spoke-b"), vnet_id("spoke-c")
ROOT = Path(__file__).parents[2]


class FakeTools:
    """Tools that say what a test gives them, and remember what they were asked for."""

    def token(self, audience: str) -> str:
        return f"token for {audience}"

    def __init__(self, *hubs: HubPreview, pairs: Sequence[OursByName] = (), refused: Sequence[str] = ()) -> None:
        self.hubs = hubs
        self.pairs = pairs
        self.refused = list(refused)
        self.asked: list[object] = []

    def preview(self, catalogue: Path | None, *, with_records: bool) -> Preview:
        self.asked.append((catalogue, with_records))
        return Preview(networks=7, hubs=self.hubs, with_records=with_records)

    def ours_by_name(self, catalogue: Path | None) -> Sequence[OursByName]:
        self.asked.append(catalogue)
        return self.pairs

    def take_over(self, catalogue: Path | None, pairs: Sequence[tuple[str, VnetId]]) -> tuple[list[str], list[str]]:
        self.asked.append((catalogue, *pairs))
        return [f"{spoke.name} is back." for _, spoke in pairs], self.refused

    def export(self, file: Path) -> Moved:
        self.asked.append(file)
        return Moved(12)

    def import_(self, file: Path) -> Moved:
        self.asked.append(file)
        return Moved(10, 2)


def lines(*given: Line) -> HubPreview:
    return hub_preview("prod-weu", HUB_ID, given)


CREATED = Line(spoke=SPOKE_ID, fate=Fate.CREATED, changes=("put hub half x (missing)",), notes=("no gateway yet",))
REFUSED = Line(spoke=B, fate=Fate.REFUSED, findings=(Finding("OverlapsHub", "It overlaps.", "Renumber."),))
CALM = Line(spoke=C, fate=Fate.UNCHANGED)


def test_a_plan_is_told_hub_by_hub(capsys: pytest.CaptureFixture[str]) -> None:
    tools = FakeTools(lines(REFUSED, CREATED, CALM))
    assert main(ROOT, ["plan", "--all", "--with-records"], tools) == 1
    assert tools.asked == [(None, True)]
    assert capsys.readouterr().out == (
        "7 networks. Nothing was written.\n\n"
        "prod-weu (hub-weu in rg): 1 created, 1 refused, 1 unchanged\n"
        f"  created: {SPOKE_ID}\n"
        "      put hub half x (missing)\n"
        "      note: no gateway yet\n"
        f"  refused: {B}\n"
        "      OverlapsHub: It overlaps.\n"
    )


def test_a_plan_without_records_says_so_and_names_what_is_nobodys(capsys: pytest.CaptureFixture[str]) -> None:
    tools = FakeTools(hub_preview("prod-weu", HUB_ID, [], [B]))
    assert main(ROOT, ["plan", "--all", "--catalogue", "other.toml"], tools) == 0
    assert tools.asked == [(Path("other.toml"), False)]
    told = capsys.readouterr().out
    assert "Without the app's records: halves that bear our mark count as ours" in told
    assert f"prod-weu (hub-weu in rg): no spokes\n  ours by name alone, left as it is: {B}\n" in told


@pytest.mark.parametrize(
    ("hubs", "status"),
    [
        ((), 0),
        ((lines(CALM, REFUSED),), 0),
        ((lines(Line(spoke=B, fate=Fate.REFUSED, changes=("remove spoke half x (taken back)",))),), 1),
        ((lines(Line(spoke=B, fate=Fate.REMOVED, changes=("remove hub half x (leaving)",), withheld="brake")),), 1),
        ((lines(CREATED), HubPreview(hub="neu", network=HUB_ID, unread="AuthorizationFailed: no role")), 2),
    ],
)
def test_the_exit_status_says_whether_anything_would_be_written(hubs: Sequence[HubPreview], status: int) -> None:
    assert main(ROOT, ["plan", "--all"], FakeTools(*hubs)) == status


def test_a_hub_that_cannot_be_read_and_a_limit_are_told(capsys: pytest.CaptureFixture[str]) -> None:
    held = Line(spoke=B, fate=Fate.REMOVED, changes=("remove hub half x (leaving)",), withheld="brake")
    unread = HubPreview(hub="neu", network=HUB_ID, unread="AuthorizationFailed: no role")
    main(ROOT, ["plan", "--all"], FakeTools(lines(held), unread, HubPreview(hub="old", network=None)))
    told = capsys.readouterr().out
    assert f"1 withheld\n  removed, withheld (brake): {B}\n      remove hub half x (leaving)\n" in told
    assert "cannot be read, and nothing is known of its spokes: AuthorizationFailed: no role" in told
    assert "old, which is no hub of the catalogue: no spokes" in told


def test_a_plan_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ROOT, ["plan", "--all", "--json"], FakeTools(lines(CREATED, CALM))) == 1
    assert json.loads(capsys.readouterr().out) == {
        "networks": 7,
        "withRecords": False,
        "complete": True,
        "hubs": [
            {
                "hub": "prod-weu",
                "network": str(HUB_ID),
                "unread": None,
                "counts": {"created": 1, "unchanged": 1},
                "spokes": [
                    {
                        "spoke": str(SPOKE_ID),
                        "fate": "created",
                        "withheld": None,
                        "changes": ["put hub half x (missing)"],
                        "findings": [],
                        "notes": ["no gateway yet"],
                    }
                ],
                "oursByName": [],
            }
        ],
    }


def pair(spoke: VnetId, tag: str | None) -> OursByName:
    return OursByName(hub="prod-weu", spoke=spoke, tag=tag)


PAIRS = (pair(SPOKE_ID, "prod-weu"), pair(B, "neu"), pair(C, None))


def answer(monkeypatch: pytest.MonkeyPatch, text: str | None) -> None:
    """What a person types; None for nobody at the keyboard."""
    keyboard = io.StringIO(text or "")
    monkeypatch.setattr(keyboard, "isatty", lambda: text is not None)
    monkeypatch.setattr("sys.stdin", keyboard)


def test_tagged_pairs_are_taken_over_after_a_yes_and_requests_by_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    tools = FakeTools(pairs=PAIRS)
    assert main(ROOT, ["recover", "--yes"], tools) == 1
    assert tools.asked == [None, (None, ("prod-weu", SPOKE_ID), ("prod-weu", B))]
    told = capsys.readouterr().out
    assert f"  {B}  at hub prod-weu; its tag says 'neu', and once it has its record that is followed\n" in told
    assert "claims it: recover --claim <id of the network> --hub <name>\n" in told
    assert f"  {C}  at hub prod-weu\n" in told
    assert "spoke-a is back.\n" in told


@pytest.mark.parametrize(("typed", "taken"), [("y\n", 1), ("Yes\n", 1), ("n\n", 0), ("\n", 0), ("", 0), (None, 0)])
def test_only_a_yes_is_a_yes(monkeypatch: pytest.MonkeyPatch, typed: str | None, taken: int) -> None:
    answer(monkeypatch, typed)
    tools = FakeTools(pairs=PAIRS[:1])
    assert main(ROOT, ["recover"], tools) == 1 - taken
    assert len(tools.asked) == 1 + taken


def test_with_nothing_to_recover_nobody_is_asked(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ROOT, ["recover"], FakeTools()) == 0
    assert capsys.readouterr().out == "Every pair that bears our names has a record.\n"


def test_a_pair_that_was_not_taken_over_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ROOT, ["recover", "--yes"], FakeTools(pairs=PAIRS[:1], refused=["It has moved."])) == 1
    assert capsys.readouterr().out.endswith("It has moved.\n")


def test_a_claim_names_network_and_hub(capsys: pytest.CaptureFixture[str]) -> None:
    tools = FakeTools()
    assert main(ROOT, ["recover", "--claim", f" {C} ", "--hub", "prod-weu"], tools) == 0
    assert tools.asked == [(None, ("prod-weu", C))]
    assert main(ROOT, ["recover", "--claim", str(C), "--hub", "prod-weu"], FakeTools(refused=["No such pair."])) == 1
    assert main(ROOT, ["recover", "--claim", "spoke-c", "--hub", "prod-weu"], tools) == 2
    assert "is not the resource id of a virtual network" in capsys.readouterr().err
    assert main(ROOT, ["recover", "--claim", str(C)], tools) == 2
    assert capsys.readouterr().err == "--claim and --hub belong together.\n"


def test_export_and_import_say_how_much(capsys: pytest.CaptureFixture[str]) -> None:
    tools = FakeTools()
    assert (main(ROOT, ["export", "a.jsonl"], tools), main(ROOT, ["import", "a.jsonl"], tools)) == (0, 0)
    assert tools.asked == [Path("a.jsonl"), Path("a.jsonl")]
    told = "a.jsonl: 12 lines.\na.jsonl: 10 lines were written; 2 were there, or something newer.\n"
    assert capsys.readouterr().out == told


class Broken(FakeTools):
    def export(self, file: Path) -> Moved:
        raise Trouble(f"{file} cannot be written.")


def test_trouble_is_told_on_stderr_and_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(ROOT, ["export", "a.jsonl"], Broken()) == 2
    assert capsys.readouterr().err == "a.jsonl cannot be written.\n"


def test_a_plan_has_to_say_of_what() -> None:
    assert main(ROOT, ["plan"], FakeTools()) == 2
    assert main(ROOT, ["plan", "--hub", "prod-weu"], FakeTools()) == 2


CATALOGUE = f'[hubs.prod-weu]\nvnet = "{HUB_ID}"\n'
NOWHERE = {
    "AUTOPEER_ARM_ENDPOINT": "https://127.0.0.1:9",
    "AZURE_TOKEN_CREDENTIALS": "EnvironmentCredential",
    "AzureWebJobsStorage": "UseDevelopmentStorage=true",
}


def told_by_the_shell(
    capsys: pytest.CaptureFixture[str], arguments: Sequence[str], environment: dict[str, str] = NOWHERE
) -> str:
    assert main(ROOT, arguments, Shell(ROOT, environment)) == 2
    shown = capsys.readouterr()
    assert shown.out == ""
    return shown.err


def test_a_catalogue_with_faults_is_told(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "hubs.toml"
    file.write_text('[hubs.a]\ngateway = "perhaps"\n', "utf-8")
    told = told_by_the_shell(capsys, ["plan", "--all", "--catalogue", str(file)])
    assert "hubs.a.gateway" in told
    assert "hubs.a.vnet" in told


def test_who_is_not_logged_in_is_told_to(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("AZURE_CLIENT_ID", "AZURE_TENANT_ID", "AZURE_CLIENT_SECRET"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("AZURE_TOKEN_CREDENTIALS", "EnvironmentCredential")
    file = tmp_path / "hubs.toml"
    file.write_text(CATALOGUE, "utf-8")
    assert "Run az login" in told_by_the_shell(capsys, ["plan", "--all", "--catalogue", str(file)])


def test_without_the_apps_storage_there_is_nothing_to_export(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    told = told_by_the_shell(capsys, ["export", str(tmp_path / "a.jsonl")], {})
    assert "AzureWebJobsStorage: is missing" in told
    assert not (tmp_path / "a.jsonl").exists()


def test_a_file_that_is_there_is_not_overwritten(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    file = tmp_path / "a.jsonl"
    file.write_text("mine", "utf-8")
    assert "File exists" in told_by_the_shell(capsys, ["export", str(file)])
    assert file.read_text("utf-8") == "mine"


def test_a_file_that_is_no_export_is_refused_before_anything_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    file = tmp_path / "a.jsonl"
    assert "No such file" in told_by_the_shell(capsys, ["import", str(file)])
    for text, where in (
        ("", "line 1: it is not JSON"),
        ("{}\n", "line 1: it is no export"),
        ('{"kind": "autopeer", "version": 1}\n{}\n', "line 2:"),
    ):
        file.write_text(text, "utf-8")
        told = told_by_the_shell(capsys, ["import", str(file)])
        assert where in told
        assert told.endswith("Nothing was written.\n")
    file.write_bytes(b"\xff\xfe")
    assert "line 1: it is no text" in told_by_the_shell(capsys, ["import", str(file)])
