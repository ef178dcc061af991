"""What an ONVIF camera answers to a WS-Discovery probe."""

from __future__ import annotations

from typing import Final

ID: Final = "8f2c7d1e-0001-4000-8000-000000000001"
MATCH: Final = """
<d:ProbeMatch>
 <w:EndpointReference><w:Address>urn:uuid:2419d68a-2dd2-21b2-a205-4c11bf6f2e3a</w:Address></w:EndpointReference>
 <d:Types>dn:NetworkVideoTransmitter tds:Device</d:Types>
 <d:Scopes>onvif://www.onvif.org/type/video_encoder onvif://www.onvif.org/Profile/Streaming
  onvif://www.onvif.org/hardware/DS-2CD2T47 onvif://www.onvif.org/name/Simpang%20Lima</d:Scopes>
 <d:XAddrs>http://169.254.7.7/onvif/device_service http://10.1.2.3/onvif/device_service</d:XAddrs>
 <d:MetadataVersion>10</d:MetadataVersion>
</d:ProbeMatch>"""
ANSWER: Final = """<?xml version="1.0" encoding="UTF-8"?>
<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"
 xmlns:w="http://schemas.xmlsoap.org/ws/2004/08/addressing"
 xmlns:d="http://schemas.xmlsoap.org/ws/2005/04/discovery"
 xmlns:dn="http://www.onvif.org/ver10/network/wsdl" xmlns:tds="http://www.onvif.org/ver10/device/wsdl">
<e:Header><w:RelatesTo>uuid:{id}</w:RelatesTo></e:Header>
<e:Body><d:ProbeMatches>{matches}</d:ProbeMatches></e:Body></e:Envelope>"""


def answer(matches: str, message_id: str = ID) -> bytes:
    """With these matches, to the question of that number."""
    return ANSWER.format(id=message_id, matches=matches).encode()
