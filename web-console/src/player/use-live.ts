/** Binds a live session to a video element for as long as it can be seen, and a minute more with keyframes only. */
import { type RefObject, useEffect, useRef, useState } from 'react'
import { type Door, openedBy } from '../state/camera-opens.ts'
import { useConsole } from '../state/store.ts'
import { LiveSession, type LiveSessionOptions } from './live-session.ts'
import type { LiveState } from './live-state.ts'
import { MseSink, playableCodecs } from './mse-sink.ts'
import { HIDDEN_KEPT_MS } from './policy.ts'
import { rtcSink, rtcSocket } from './rtc-socket.ts'
import { CLOSED, cameraTicket, type LiveStream, liveSocket } from './tickets.ts'

export interface LiveWish {
  readonly cameraId: string
  readonly stream: LiveStream
  /** Why a private camera is looked at; audited (rule 9). */
  readonly reason?: string
  readonly visible: boolean
  /** By WebRTC, as long as that comes about. */
  readonly webrtc: boolean
  readonly door: Door
}

/** `fellBack`: WebRTC was wished and did not come about. */
export type LiveWay = 'mse' | 'webrtc' | 'fellBack'

export function useLive(
  video: RefObject<HTMLVideoElement | null>,
  wish: LiveWish
): { readonly state: LiveState; readonly way: LiveWay } {
  const { cameraId, stream, reason, visible, webrtc, door } = wish
  const [fellBack, setFellBack] = useState(false)
  if (fellBack && !webrtc) setFellBack(false)
  const byWebrtc = webrtc && !fellBack
  const [state, setState] = useState<LiveState>({ kind: 'paused' })
  const running = useRef<LiveSession | undefined>(undefined)
  const hidden = useRef(!visible)
  const kept = useKept(visible)

  useEffect(() => {
    const element = video.current
    if (!element || !kept) return
    const session = new LiveSession({
      ...(byWebrtc ? webrtcParts(element, () => setFellBack(true)) : mseParts(element)),
      ticket: async () => {
        if (!door.asks(reason)) return CLOSED
        const asked = { stream, ...(reason ? { reason } : {}) }
        const answer = await cameraTicket(cameraId, byWebrtc ? { ...asked, webrtc: true } : asked)
        if (!answer.ok && answer.code === 'WEBRTC_OFF') setFellBack(true)
        return answer
      },
      codecs: playableCodecs(),
      onState: setState,
      now: Date.now,
      random: Math.random
    })
    session.setHidden(hidden.current)
    session.start()
    running.current = session
    return () => {
      running.current = undefined
      session.stop()
      element.srcObject = null
      element.removeAttribute('src')
      element.load()
      setState({ kind: 'paused' })
    }
  }, [video, cameraId, stream, reason, kept, byWebrtc, door])

  const opens = useConsole(each => (state.kind === 'refused' ? openedBy(each, cameraId) : ''))
  useEffect(() => {
    if (door.opensAnew(opens)) running.current?.askAgain()
  }, [opens, door])

  useEffect(() => {
    hidden.current = !visible
    running.current?.setHidden(!visible)
  }, [visible])

  return { state, way: !webrtc ? 'mse' : fellBack ? 'fellBack' : 'webrtc' }
}

function mseParts(element: HTMLVideoElement): Pick<LiveSessionOptions, 'socket' | 'sink'> {
  return { socket: liveSocket, sink: trouble => new MseSink(element, trouble) }
}

function webrtcParts(element: HTMLVideoElement, failed: () => void): Pick<LiveSessionOptions, 'socket' | 'sink'> {
  return { socket: ticket => rtcSocket(ticket, element, failed), sink: () => rtcSink(element) }
}

/** True while it can be seen, and for a minute after. */
function useKept(visible: boolean): boolean {
  const [kept, setKept] = useState(visible)
  useEffect(() => {
    if (visible) {
      setKept(true)
      return
    }
    const timer = setTimeout(() => setKept(false), HIDDEN_KEPT_MS)
    return () => clearTimeout(timer)
  }, [visible])
  return kept
}
