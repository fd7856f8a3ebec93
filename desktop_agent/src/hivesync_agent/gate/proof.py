"""`GET /?nonce=`: proves to a client that it talks to the agent that wrote the discovery file.

The only route without a token. Another program may have taken the port of a dead agent, so clients ask
this before they send the token. It answers nothing that depends on the session.
"""

from __future__ import annotations

import re

from hivesync_contract.discovery import DiscoveryFile
from hivesync_contract.local_api import AgentProof
from hivesync_contract.signing import agent_proof

from hivesync_agent import VERSION
from hivesync_agent.problems import BadRequest, json_response
from hivesync_agent.response import Response

_QUERY = re.compile(r"nonce=([0-9a-fA-F]{32,128})")
"""The whole query. The lower bound keeps a listener from having collected all proofs beforehand."""


class Proof:
    """Answers the challenge for one discovery file."""

    def __init__(self, discovery: DiscoveryFile) -> None:
        self._discovery = discovery

    def answer(self, method: str, query: str) -> Response:
        """Give product, versions and the proof over the nonce as it was sent."""
        if method not in ("GET", "HEAD"):
            raise BadRequest("Only GET is allowed here.", status=405)
        match = _QUERY.fullmatch(query)
        if match is None:
            raise BadRequest("The query must be nonce=<32–128 hex digits>.")
        proof = AgentProof(
            product="hivesync-desktop-agent",
            version=VERSION,
            protocol=self._discovery.protocol,
            instance_id=self._discovery.instance_id,
            proof=agent_proof(self._discovery.token, match[1]),
        )
        return json_response(proof)
