/** Binds a live session to a video element for as long as it can be seen, and a minute more with keyframes only. */
import { type RefObject, useEffect, useRef, useState } from 'react'
import { LiveSession } from './live-session.ts'
import type { LiveState } from './live-state.ts'
import { MseSink, playableCodecs } from './mse-sink.ts'
import { HIDDEN_KEPT_MS } from './policy.ts'
import { cameraTicket, type LiveStream, liveSocket } from './tickets.ts'

export interface LiveWish {
  readonly cameraId: string
  readonly stream: LiveStream
  /** Why a private camera is looked at; audited (rule 9). */
  readonly reason?: string
  readonly visible: boolean
}

export function useLive(video: RefObject<HTMLVideoElement | null>, wish: LiveWish): LiveState {
  const { cameraId, stream, reason, visible } = wish
  const [state, setState] = useState<LiveState>({ kind: 'paused' })
  const running = useRef<LiveSession | undefined>(undefined)
  const hidden = useRef(!visible)
  const kept = useKept(visible)

  useEffect(() => {
    const element = video.current
    if (!element || !kept) return
    const session = new LiveSession({
      ticket: () => cameraTicket(cameraId, { stream, ...(reason ? { reason } : {}) }),
      socket: liveSocket,
      codecs: playableCodecs(),
      sink: trouble => new MseSink(element, trouble),
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
      element.removeAttribute('src')
      element.load()
      setState({ kind: 'paused' })
    }
  }, [video, cameraId, stream, reason, kept])

  useEffect(() => {
    hidden.current = !visible
    running.current?.setHidden(!visible)
  }, [visible])

  return state
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
