"""Firmware images over REST."""

import hashlib
from typing import Any

import pytest

from edge_csms.config.settings import Files
from edge_csms.domain.roles import Role
from tests.conftest import StartSite
from tests.file_jobs import IMAGE, http, signed, upload_image
from tests.running import Answer, RunningSite

IMAGES = "/api/v1/firmware-images"
SHA256 = hashlib.sha256(IMAGE).hexdigest()
BOUNDARY = "limit"


@pytest.fixture
def site(start_site: StartSite) -> RunningSite:
    """Give a server that takes images of one megabyte."""
    return start_site(files=Files(max_image_megabytes=1))


async def upload(site: RunningSite, body: bytes, *, role: Role | None = Role.TECHNICIAN, **headers: str) -> Answer:
    token = {} if role is None else {"Authorization": f"Bearer {await site.token(role)}"}
    return await http(
        site.url + IMAGES, "POST", body, {**token, **{k.replace("_", "-"): v for k, v in headers.items()}}
    )


def form(fields: dict[str, str], content: bytes = IMAGE) -> bytes:
    parts = [f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="{k}"\r\n\r\n{v}\r\n' for k, v in fields.items()]
    file = f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="C:\\fw 1.bin"\r\n\r\n'
    return "".join([*parts, file]).encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()


FORM = f"multipart/form-data; boundary={BOUNDARY}"


async def test_an_image_comes_as_the_body_with_what_is_said_of_it_in_the_query(site: RunningSite) -> None:
    answer = await upload_image(site, query=f"name=fw.bin&version=1.1&sha256={SHA256.upper()}&note=nightly")
    assert answer.status == 201
    item = answer.json
    assert {name: item[name] for name in ("name", "version", "sha256", "size_bytes", "note", "signed")} == {
        "name": "fw.bin",
        "version": "1.1",
        "sha256": SHA256,
        "size_bytes": len(IMAGE),
        "note": "nightly",
        "signed": False,
    }
    assert item["uploaded_by"] == "the-technician"
    assert await site.get(f"{IMAGES}/{item['image_id']}") == item
    assert (await site.get(IMAGES))["items"] == [item]
    entry = (await site.get("/api/v1/audit?action=firmware_image.add"))["items"][0]
    assert (entry["subject"], entry["details"]) == ("fw.bin", f"{len(IMAGE)} bytes, SHA-256 {SHA256}")


async def test_an_image_comes_as_a_form_with_its_signature(site: RunningSite) -> None:
    answer = await upload(site, form({"version": "1.1", **signed()}), Content_Type=FORM)
    assert answer.status == 201, answer.body
    assert (answer.json["name"], answer.json["signed"], answer.json["sha256"]) == ("fw 1.bin", True, SHA256)


@pytest.mark.parametrize(
    ("fields", "wrong"),
    [
        ({"sha256": "0" * 64}, "sha256"),
        ({"sha256": "short"}, "sha256"),
        ({"signature": "no base64!"}, "signature"),
        ({"signing_certificate": "no PEM"}, "signing_certificate"),
        (signed(b"another image"), "signature"),
        ({"nmae": "fw.bin"}, "nmae"),
        ({"version": "1" * 51}, "version"),
    ],
)
async def test_what_is_wrong_is_named_and_nothing_is_kept(
    site: RunningSite, fields: dict[str, str], wrong: str
) -> None:
    answer = await upload(site, form(fields), Content_Type=FORM)
    assert (answer.status, list(answer.json["errors"])) == (400, [wrong])
    assert (await site.get(IMAGES))["items"] == []
    assert list((site.data_dir / "files").iterdir()) == []


async def test_who_may_not_is_refused_before_a_byte_is_kept(site: RunningSite) -> None:
    assert (await upload(site, IMAGE, role=None)).status == 401
    assert (await upload(site, IMAGE, role=Role.VIEWER)).status == 403
    assert (await upload(site, IMAGE, Origin="http://evil.example")).status == 403
    assert (await upload(site, bytes(1 << 20) + b"x")).status == 413
    assert (await upload(site, b"")).status == 400
    assert list((site.data_dir / "files").iterdir()) == []


async def test_an_image_is_described_anew_and_deleted(site: RunningSite) -> None:
    image = f"{IMAGES}/{(await upload_image(site)).json['image_id']}"
    changes: list[tuple[dict[str, Any], int]] = [
        ({"note": "tested", "name": "../new.bin"}, 200),
        ({"signature": "no base64!"}, 400),
        ({"size_bytes": 1}, 400),
    ]
    for body, status in changes:
        assert (await site.ask("PATCH", image, body)).status == status
    shown = await site.get(image)
    assert (shown["note"], shown["name"], shown["size_bytes"]) == ("tested", "new.bin", len(IMAGE))
    assert (await site.ask("DELETE", image, role=Role.VIEWER)).status == 403
    assert (await site.ask("DELETE", image)).status == 204
    assert (await site.ask("GET", image)).status == 404
    assert list((site.data_dir / "files").iterdir()) == []


async def test_the_document_knows_both_ways_to_upload(site: RunningSite) -> None:
    content = (await site.get("/api/openapi.json"))["paths"][IMAGES]["post"]["requestBody"]["content"]
    assert set(content) == {"application/octet-stream", "multipart/form-data"}
    form_schema = content["multipart/form-data"]["schema"]
    assert (form_schema["required"], "signature" in form_schema["properties"]) == (["file"], True)
