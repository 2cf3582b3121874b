/** What every WebRTC connection to the gateway has in common: no servers, one offer, one answer. */

/** True where this browser has WebRTC at all. */
export function hasWebrtc(): boolean {
  return typeof RTCPeerConnection === 'function'
}

/** The gateway is reached at the addresses of its answer or not at all. */
export function newPeer(): RTCPeerConnection {
  return new RTCPeerConnection({ iceServers: [] })
}

/** Made and kept as this side's own; undefined where the browser gives none. */
export async function offerOf(peer: RTCPeerConnection): Promise<string | undefined> {
  await peer.setLocalDescription(await peer.createOffer())
  return peer.localDescription?.sdp
}

/** `failed` when the browser does not take it. */
export function takeAnswer(peer: RTCPeerConnection, sdp: string, failed: () => void = () => undefined): void {
  peer.setRemoteDescription({ type: 'answer', sdp }).catch(failed)
}
