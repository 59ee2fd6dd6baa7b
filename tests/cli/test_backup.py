"""`dripcourse backup` and `dripcourse restore`, as a host types them."""

from pathlib import Path

from tests.cli.line import Line


def test_a_host_backs_up_restores_and_adopts(line: Line, tmp_path: Path) -> None:
    file, elsewhere = str(tmp_path / "monday.backup"), {"DATABASE_URL": f"sqlite:///{tmp_path / 'restored.db'}"}
    line("subscriber", "add", "reader@example.org", "--course", "rebuilding-trust")
    line("tick")
    made = line("backup", file)
    assert made.code == 0
    assert "reader-keys.backup" in made.out
    again = line("backup", file)
    assert again.code == 1
    assert "Choose another name" in again.err
    in_use = line("restore", file)
    assert in_use.code == 1
    assert "empty one" in in_use.err
    back = line("restore", file, **elsewhere)
    assert back.code == 0
    assert "dripcourse adopt" in back.out
    assert line("tick", **elsewhere).code == 1
    assert line("adopt", **elsewhere).code == 0
    assert line("tick", **elsewhere).json["claimed"] == 0
