"""CAP 1.2 messages for tests: all made up, in the form in which a weather service and a partner send them."""

from xml.sax.saxutils import escape

NOWCAST = b"""<?xml version="1.0" encoding="UTF-8"?>
<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">
  <identifier>2.49.0.1.360.0.2025.03.28.14.001</identifier>
  <sender>nowcast@cuaca.example</sender>
  <sent>2025-03-28T14:00:00+07:00</sent>
  <status>Actual</status>
  <msgType>Alert</msgType>
  <scope>Public</scope>
  <code>contoh</code>
  <info>
    <language>en-US</language>
    <category>Met</category>
    <event>Thunderstorm</event>
    <urgency>Immediate</urgency>
    <severity>Moderate</severity>
    <certainty>Observed</certainty>
  </info>
  <info>
    <language>id-ID</language>
    <category>Met</category>
    <event>Hujan lebat dan petir</event>
    <urgency>Immediate</urgency>
    <severity>Moderate</severity>
    <certainty>Observed</certainty>
    <effective>2025-03-28T14:05:00+07:00</effective>
    <expires>2025-03-28T16:00:00+07:00</expires>
    <senderName>Dinas Cuaca Contoh</senderName>
    <headline>Hujan lebat dan petir di Kota Contoh</headline>
    <description>Kalimat karangan untuk percobaan.</description>
    <web>https://cuaca.example/peringatan</web>
    <area>
      <areaDesc>Kota Contoh</areaDesc>
      <polygon>-7.00,110.30 -7.00,110.50 -7.10,110.50 -7.10,110.30 -7.00,110.30</polygon>
      <polygon>-7.20,110.30 -7.20,110.40 -7.25,110.40 -7.20,110.30</polygon>
    </area>
  </info>
</alert>
"""
NOWCAST_REFERENCE = "nowcast@cuaca.example,2.49.0.1.360.0.2025.03.28.14.001,2025-03-28T14:00:00+07:00"


def cap_message(**changes: str) -> bytes:
    """A partner's alert of a fire; `changes` replaces the text of elements, and leaves one out where it is empty."""
    content = {
        "identifier": "DMK-1", "sender": "damkar.example", "sent": "2025-03-28T14:00:00+07:00", "status": "Actual",
        "msgType": "Alert", "scope": "Private", "addresses": "tmc", "references": "",
    } | {name: text for name, text in changes.items() if name in _OUTER}  # fmt: skip
    info = {
        "category": "Fire", "event": "Kebakaran", "urgency": "Immediate", "severity": "Severe",
        "certainty": "Likely", "headline": "Kebakaran di Jalan Contoh",
    } | {name: text for name, text in changes.items() if name in _INFO}  # fmt: skip
    area = {"areaDesc": "Jalan Contoh", "circle": "-7.56,110.80 0.2"} | {
        name: text for name, text in changes.items() if name in _AREA
    }
    assert changes.keys() <= _OUTER | _INFO | _AREA
    inner = f"<info>{_elements(info)}<area>{_elements(area)}</area></info>"
    return f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">{_elements(content)}{inner}</alert>'.encode()


_OUTER = {"identifier", "sender", "sent", "status", "msgType", "scope", "addresses", "references"}
_INFO = {"category", "event", "urgency", "severity", "certainty", "headline"}
_AREA = {"areaDesc", "polygon", "circle"}


def _elements(content: dict[str, str]) -> str:
    return "".join(f"<{name}>{escape(text)}</{name}>" for name, text in content.items() if text)
