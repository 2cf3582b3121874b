/** Binds the recordings of one camera to a video element and to the clock that drives all of them. */
import { type RefObject, useEffect, useRef, useState } from 'react'
import { playableCodecs } from './mse-sink.ts'
import type { Director } from './play-director.ts'
import { VideoFollower } from './play-follower.ts'
import { type Interval, PlaySession, type PlayState } from './play-session.ts'
import { MsePlaySink } from './play-sink.ts'
import { liveSocket, playTicket } from './tickets.ts'

export interface PlayWish {
  readonly cameraId: string
  readonly director: Director
  /** The interval that is asked for around a time. */
  readonly interval: (atMs: number) => Interval
  readonly reason: string | undefined
  readonly incidentId: string | undefined
  /** With sound, where there is some: asked for with its own ticket, since it stands in the audit entry. */
  readonly audio: boolean
  /** Each new picture on the screen: when it was filmed, UTC ms. */
  readonly onFrame: (wallMs: number) => void
}

export interface PlayBinding {
  readonly state: PlayState
  readonly session: { readonly current: PlaySession | undefined }
}

export function usePlay(video: RefObject<HTMLVideoElement | null>, wish: PlayWish): PlayBinding {
  const { cameraId, director, reason, incidentId, audio } = wish
  const [state, setState] = useState<PlayState>({ kind: 'idle' })
  const latest = useRef(wish)
  latest.current = wish
  const current = useRef<PlaySession>(undefined)

  useEffect(() => {
    const element = video.current
    if (!element) return
    const session = new PlaySession({
      ticket: interval =>
        playTicket(cameraId, {
          stream: 'main',
          fromMs: Math.floor(interval.fromMs),
          toMs: Math.ceil(interval.toMs),
          ...(audio ? { audio } : {}),
          ...(reason === undefined ? {} : { reason }),
          ...(incidentId === undefined ? {} : { incidentId })
        }),
      socket: liveSocket,
      codecs: playableCodecs(),
      sink: trouble => new MsePlaySink(element, trouble),
      interval: atMs => latest.current.interval(atMs),
      onState: setState,
      random: Math.random
    })
    current.current = session
    const leave = director.add(new VideoFollower(element, session))
    const stopWatching = watchFrames(element, time => {
      const frame = session.frames.at(time)
      if (frame) latest.current.onFrame(frame.wallMs)
    })
    return () => {
      leave()
      stopWatching()
      session.stop()
      current.current = undefined
      element.removeAttribute('src')
      element.load()
      setState({ kind: 'idle' })
    }
  }, [video, cameraId, director, reason, incidentId, audio])

  useSound(video, director, audio)

  return { state, session: current }
}

/** Heard only at its own speed: a voice that is stretched is none. */
function useSound(video: RefObject<HTMLVideoElement | null>, director: Director, audio: boolean): void {
  useEffect(() => {
    const set = (): void => {
      if (video.current) video.current.muted = !audio || director.view.speed !== 1
    }
    set()
    return director.subscribe(set)
  }, [video, director, audio])
}

/** Calls back with the media time of every picture that is put on the screen. */
function watchFrames(video: HTMLVideoElement, shown: (time: number) => void): () => void {
  let handle = 0
  const next = () => {
    handle = video.requestVideoFrameCallback((_now, { mediaTime }) => {
      shown(mediaTime)
      next()
    })
  }
  next()
  return () => video.cancelVideoFrameCallback(handle)
}
