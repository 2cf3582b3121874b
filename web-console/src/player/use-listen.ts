/** Binds the sound of one live camera to an audio element of its own beside the picture, so that sound never holds a picture up. */
import { type RefObject, useEffect, useRef, useState } from 'react'
import type { Door } from '../state/camera-opens.ts'
import { takeSound } from './heard.ts'
import { LiveSession } from './live-session.ts'
import type { LiveState } from './live-state.ts'
import { MseSink, SOUND } from './mse-sink.ts'
import { CLOSED, cameraTicket, type LiveStream, liveSocket } from './tickets.ts'

export interface ListenWish {
  readonly cameraId: string
  readonly stream: LiveStream
  /** Why a private camera is listened to: the same as for looking. */
  readonly reason: string | undefined
  readonly on: boolean
  readonly door: Door
  /** Another camera is listened to now. */
  readonly onLost: () => void
}

export interface Heard {
  readonly state: LiveState
  /** The browser lets nothing sound before somebody has clicked or pressed a key. */
  readonly blocked: boolean
}

const NOTHING: Heard = { state: { kind: 'paused' }, blocked: false }

/** The element is put into `place` while it is wanted. Each beginning asks for a ticket, which is on record. */
export function useListen(place: RefObject<HTMLElement | null>, wish: ListenWish): Heard {
  const { cameraId, stream, reason, on, door } = wish
  const [heard, setHeard] = useState(NOTHING)
  const latest = useRef(wish)
  latest.current = wish

  useEffect(() => {
    if (!on) return
    const element = document.createElement('audio')
    place.current?.append(element)
    const giveUp = takeSound(() => latest.current.onLost())
    const session = new LiveSession({
      ticket: async () =>
        door.asks(reason) ? cameraTicket(cameraId, { stream, audio: true, ...(reason ? { reason } : {}) }) : CLOSED,
      socket: liveSocket,
      codecs: [],
      sink: trouble => new MseSink(element, trouble, SOUND),
      onState: state => setHeard(before => ({ ...before, state })),
      now: Date.now,
      random: Math.random
    })
    session.start()
    const unwatch = watchBlocked(element, blocked => setHeard(before => ({ ...before, blocked })))
    return () => {
      unwatch()
      giveUp()
      session.stop()
      element.removeAttribute('src')
      element.load()
      element.remove()
      setHeard(NOTHING)
    }
  }, [place, cameraId, stream, reason, on, door])

  return heard
}

const LOOK_MS = 500

/** Sound that is there but does not play; a click or a key anywhere starts it. */
function watchBlocked(element: HTMLAudioElement, say: (blocked: boolean) => void): () => void {
  const isBlocked = () => element.paused && element.readyState >= HTMLMediaElement.HAVE_FUTURE_DATA
  const timer = setInterval(() => say(isBlocked()), LOOK_MS)
  const start = () => {
    if (isBlocked()) void element.play().catch(() => undefined)
  }
  window.addEventListener('pointerdown', start)
  window.addEventListener('keydown', start)
  return () => {
    clearInterval(timer)
    window.removeEventListener('pointerdown', start)
    window.removeEventListener('keydown', start)
  }
}
