/** Binds a live session to a video element for as long as it can be seen. */
import { type RefObject, useEffect, useState } from 'react'
import { LiveSession } from './live-session.ts'
import type { LiveState } from './live-state.ts'
import { MseSink } from './mse-sink.ts'
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

  useEffect(() => {
    const element = video.current
    if (!element || !visible) return
    const session = new LiveSession({
      ticket: () => cameraTicket(cameraId, stream, reason),
      socket: liveSocket,
      sink: trouble => new MseSink(element, trouble),
      onState: setState,
      now: Date.now,
      random: Math.random
    })
    session.start()
    return () => {
      session.stop()
      element.removeAttribute('src')
      element.load()
      setState({ kind: 'paused' })
    }
  }, [video, cameraId, stream, reason, visible])

  return state
}
