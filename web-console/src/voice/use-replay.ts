/** The first seconds of a recorded voice, from one key: fetched at the first press (which is put on record), then played from memory. */
import { useEffect, useRef, useState } from 'react'
import { takeSound } from '../player/heard.ts'
import { useEvidence } from '../player/use-evidence.ts'

export const REPLAY_S = 10

export type Replay =
  | { readonly kind: 'idle' }
  | { readonly kind: 'fetching' }
  | { readonly kind: 'playing'; readonly atS: number }
  /** `code` of the catalogue, or `blocked` by the browser, or `broken`. */
  | { readonly kind: 'failed'; readonly code: string }

const IDLE: Replay = { kind: 'idle' }

/** `toggle` begins anew from the first second, or stops. Only what was asked for is fetched. */
export function useReplay(evidenceId: string | undefined): { readonly replay: Replay; readonly toggle: () => void } {
  const [wanted, setWanted] = useState<string>()
  const [replay, setReplay] = useState<Replay>(IDLE)
  const sound = useRef<{ readonly element: HTMLAudioElement; readonly release: () => void }>(undefined)
  const asked = wanted !== undefined && wanted === evidenceId
  const file = useEvidence(asked ? wanted : undefined)

  const stop = () => {
    sound.current?.element.pause()
    sound.current?.release()
    sound.current = undefined
    setReplay(IDLE)
  }
  const play = (url: string) => {
    const element = new Audio(url)
    sound.current = { element, release: takeSound(stop) }
    setReplay({ kind: 'playing', atS: 0 })
    element.ontimeupdate = () => {
      if (element.currentTime >= REPLAY_S) stop()
      else setReplay({ kind: 'playing', atS: element.currentTime })
    }
    element.onended = stop
    element.onerror = () => setReplay({ kind: 'failed', code: 'broken' })
    element.play().catch(() => setReplay({ kind: 'failed', code: 'blocked' }))
  }

  // What comes after the press: the file, or why there is none.
  const latest = useRef({ play, stop })
  useEffect(() => {
    latest.current = { play, stop }
  })
  const url = file.kind === 'ready' ? file.url : undefined
  const failure = file.kind === 'failed' && file.final ? file.code : undefined
  useEffect(() => {
    if (asked && url !== undefined) latest.current.play(url)
  }, [asked, url])
  useEffect(() => {
    if (asked && failure !== undefined) setReplay({ kind: 'failed', code: failure })
  }, [asked, failure])
  useEffect(() => () => latest.current.stop(), [])
  // Another recording of the incident: nothing of the old one goes on.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the change is what matters
  useEffect(() => () => latest.current.stop(), [evidenceId])

  const toggle = () => {
    if (evidenceId === undefined) return
    if (sound.current) return stop()
    if (asked && url !== undefined) return play(url)
    setReplay({ kind: 'fetching' })
    setWanted(evidenceId)
  }
  return { replay, toggle }
}
