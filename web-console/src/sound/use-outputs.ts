/** The devices of this machine, one choice for all windows of the browser. */
import { useSyncExternalStore } from 'react'
import { createOutputs, OUTPUTS_KEY, type OutputsState } from './outputs.ts'

export const outputs = createOutputs({
  store: {
    getItem: key => localStorage.getItem(key),
    setItem: (key, value) => localStorage.setItem(key, value)
  },
  media: globalThis.navigator?.mediaDevices
})

/** Whether this browser can be told where to sound at all. */
export const mayChoose = (): boolean => navigator.mediaDevices !== undefined && 'setSinkId' in AudioContext.prototype

/** Devices come and go, and another window may choose. Call what comes back to end it. */
export function watchOutputs(): () => void {
  const look = () => void outputs.look()
  const told = ({ key }: StorageEvent) => {
    if (key === OUTPUTS_KEY) look()
  }
  look()
  navigator.mediaDevices?.addEventListener('devicechange', look)
  window.addEventListener('storage', told)
  return () => {
    navigator.mediaDevices?.removeEventListener('devicechange', look)
    window.removeEventListener('storage', told)
  }
}

export const useOutputs = (): OutputsState => useSyncExternalStore(outputs.subscribe, outputs.get)

/** Browsers name devices only to a page that was given the microphone once. */
export async function nameDevices(): Promise<void> {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: true })
  for (const track of stream.getTracks()) track.stop()
  await outputs.look()
}
