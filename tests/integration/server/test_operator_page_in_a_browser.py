"""The operator page in a real browser: its policy, its one script and its forms work together."""

from pathlib import Path

from tests.browser import browser, needs_chromium
from tests.exchange import NRP, PASSWORD, server_process
from tmcwall.commands.server import ServerOptions
from tmcwall.commands.server_users import user_add
from tmcwall.domain.officer import Role


@needs_chromium
def test_an_admin_signs_in_sees_the_page_refreshed_and_signs_out_without_a_complaint_of_the_browser(
    tmp_path: Path,
) -> None:
    user_add(ServerOptions(data_dir=tmp_path / "data"), NRP, role=Role.ADMIN, password=PASSWORD, name="<b>Siti</b>")
    with server_process(tmp_path / "data") as server, browser(tmp_path / "profile") as page:
        page.open(f"{server.url}/ops?lang=en")
        assert page.run("location.pathname") == "/ops/sign-in"
        page.run(f"document.querySelector('[name=nrp]').value = '{NRP}'")
        page.run(f"document.querySelector('[name=password]').value = '{PASSWORD}'")
        page.run("document.querySelector('button').click()")
        page.wait_for("document.querySelector('main[data-live]') !== null")
        assert "<b>Siti</b>" in str(page.run("document.querySelector('header').innerText"))
        assert page.run("document.cookie") == ""
        assert "UTC" not in str(page.run("document.querySelector('time').textContent"))
        page.run("document.querySelector('main').replaceChildren()")
        assert page.run("refresh().then(() => document.querySelectorAll('h2').length)") == 5
        page.picture(tmp_path / "page.png")
        assert (tmp_path / "page.png").stat().st_size > 10_000
        page.run("document.querySelector('header button').click()")
        page.wait_for("location.pathname === '/ops/sign-in'")
        assert page.complaints == []
