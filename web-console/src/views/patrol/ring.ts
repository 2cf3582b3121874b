/** Rings and shakes the phone while an offer waits: two tones each second and a half for P1, one chime each five seconds otherwise. */
import { useEffect, useRef, useState } from 'react'

let context: AudioContext | undefined

/** Browsers give sound only after a touch; every touch of the page is taken as one. */
export function unlockSound(): void {
  context ??= new AudioContext()
  if (context.state === 'suspended') void context.resume().catch(() => undefined)
}

/** Whether the browser lets the phone ring. */
export const isAudible = (): boolean => context?.state === 'running'

function tone(at: AudioContext, frequency: number, startS: number, lengthS: number): void {
  const oscillator = at.createOscillator()
  const gain = at.createGain()
  oscillator.type = 'triangle'
  oscillator.frequency.value = frequency
  const t0 = at.currentTime + startS
  gain.gain.setValueAtTime(0, t0)
  gain.gain.linearRampToValueAtTime(0.9, t0 + 0.02)
  gain.gain.setValueAtTime(0.9, t0 + lengthS - 0.05)
  gain.gain.linearRampToValueAtTime(0, t0 + lengthS)
  oscillator.connect(gain).connect(at.destination)
  oscillator.start(t0)
  oscillator.stop(t0 + lengthS)
}

function ringOnce(urgent: boolean): void {
  navigator.vibrate?.(urgent ? [500, 150, 500] : [300])
  if (!context || !isAudible()) return
  tone(context, 880, 0, 0.35)
  if (urgent) tone(context, 660, 0.4, 0.35)
}

/** True when something came that was not told yet; what came in silence is told, and not heard later. */
export function createHeard(): (came: readonly string[], silent: boolean) => boolean {
  const heard = new Set<string>()
  return (came, silent) => {
    const fresh = came.filter(each => !heard.has(each))
    for (const each of fresh) heard.add(each)
    return fresh.length > 0 && !silent
  }
}

/** Once for what came, never twice for the same, whatever of it was read meanwhile. */
export function useChime(came: readonly string[], silent: boolean): void {
  const heard = useRef<ReturnType<typeof createHeard>>(undefined)
  heard.current ??= createHeard()
  const key = came.join(' ')
  // biome-ignore lint/correctness/useExhaustiveDependencies: the list is another one at each drawing
  useEffect(() => {
    if (heard.current?.(came, silent)) ringOnce(false)
  }, [key, silent])
}

/** Rings while `ringing`; answers whether the browser lets it be heard. */
export function useRing(ringing: boolean, urgent: boolean): boolean {
  const [audible, setAudible] = useState(isAudible)
  useEffect(() => {
    if (!ringing) return
    const ring = () => {
      ringOnce(urgent)
      setAudible(isAudible())
    }
    ring()
    const timer = setInterval(ring, urgent ? 1_500 : 5_000)
    return () => {
      clearInterval(timer)
      navigator.vibrate?.(0)
    }
  }, [ringing, urgent])
  return audible
}
