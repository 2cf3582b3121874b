/** The sound of one camera at a time, silent until it is wanted. */
import { useEffect, useRef, useState } from 'react'
import { takeSound } from '../../player/heard.ts'
import { useConsole } from '../../state/store.ts'

interface CameraSound {
  readonly heard: string | undefined
  /** On, or off again. Asked before the page knows its cameras it is answered when it does: until then "none" would be a guess. */
  readonly toggle: (cameraId: string | undefined) => void
}

/** `onSilent` is told the name of a camera that is recorded without sound. */
export function useCameraSound(onSilent: (name: string) => void): CameraSound {
  const known = useConsole(state => state.cameras)
  const loaded = useConsole(state => state.loaded)
  const [heard, setHeard] = useState<string>()
  const [asked, setAsked] = useState<string>()
  const silent = useRef(onSilent)
  silent.current = onSilent
  useEffect(() => (heard === undefined ? undefined : takeSound(() => setHeard(undefined))), [heard])
  useEffect(() => {
    if (asked === undefined || !loaded) return
    setAsked(undefined)
    const camera = known.get(asked)
    // Only a camera whose row says so is recorded with sound: to say "on" over silence would be a lie.
    if (camera?.audio === true) setHeard(before => (before === asked ? undefined : asked))
    else silent.current(camera?.name ?? asked)
  }, [asked, loaded, known])
  return {
    heard,
    toggle: cameraId => {
      setAsked(cameraId)
      if (cameraId === undefined) setHeard(undefined)
    }
  }
}
