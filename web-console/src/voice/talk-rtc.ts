/** A call-back's voice by WebRTC: G.711 and nothing else, straight to the gateway; the page's echo cancellation hears what it plays. */

import { hasWebrtc, newPeer, offerOf, takeAnswer } from '../player/peer.ts'
import { outputs } from '../sound/use-outputs.ts'

export interface TalkRtc {
  /** Undefined where this browser has no WebRTC, or none that speaks G.711. */
  offer(): Promise<string | undefined>
  answer(sdp: string): void
  /** The telephone's law: spoken as it is, so that nobody turns it into the other one. */
  speak(law: string): void
  close(): void
}

const MIME: Readonly<Record<string, string>> = { alaw: 'audio/pcma', ulaw: 'audio/pcmu' }

export function createTalkRtc(microphone: MediaStream): TalkRtc {
  const [track] = microphone.getAudioTracks()
  if (!hasWebrtc() || !track) return NONE
  const peer = newPeer()
  const sound = new Audio()
  const unplug = outputs.attach('call', sound)
  const transceiver = peer.addTransceiver(track, { direction: 'sendrecv', streams: [microphone] })
  peer.ontrack = event => {
    sound.srcObject = new MediaStream([event.track])
    void sound.play().catch(() => undefined)
  }
  return {
    async offer() {
      const known = RTCRtpReceiver.getCapabilities('audio')?.codecs ?? []
      const g711 = Object.values(MIME).flatMap(mime => known.filter(codec => codec.mimeType.toLowerCase() === mime))
      if (g711.length < 2) return undefined
      transceiver.setCodecPreferences(g711)
      return offerOf(peer)
    },
    answer(sdp) {
      takeAnswer(peer, sdp)
    },
    speak(law) {
      void speak(transceiver.sender, law).catch(() => undefined)
    },
    close() {
      unplug()
      peer.ontrack = null
      peer.close()
      sound.srcObject = null
    }
  }
}

const NONE: TalkRtc = {
  offer: async () => undefined,
  answer: () => undefined,
  speak: () => undefined,
  close: () => undefined
}

/** A browser that cannot choose goes on in A-law, and the gateway turns it into what the telephone speaks. */
async function speak(sender: RTCRtpSender, law: string): Promise<void> {
  const parameters = sender.getParameters()
  const codec = parameters.codecs.find(each => each.mimeType.toLowerCase() === MIME[law])
  const [encoding] = parameters.encodings
  if (!codec || !encoding) return
  Object.assign(encoding, { codec })
  await sender.setParameters(parameters)
}
