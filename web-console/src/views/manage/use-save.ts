/** Sends a form and keeps what came of it: faults beside their fields, or why it was refused. */
import { useRef, useState } from 'react'
import { post } from '../../wire/api.ts'
import { createOneAtATime } from '../../wire/one-at-a-time.ts'
import type { Faults } from './fields.tsx'

type Saved = { readonly saved: true } | { readonly saved: false; readonly faults: Faults }

export function useSave() {
  const [faults, setFaults] = useState<Faults>([])
  const [refused, setRefused] = useState<unknown>()
  const [state, setState] = useState<'ready' | 'sending'>('ready')
  const once = useRef(createOneAtATime()).current
  /** The answer when it was kept, else undefined; so too while another one is on its way. */
  const send = <T extends Saved>(path: string, body: object) => once(() => sendNow<T>(path, body))
  async function sendNow<T extends Saved>(
    path: string,
    body: object
  ): Promise<Extract<T, { saved: true }> | undefined> {
    setState('sending')
    setRefused(undefined)
    try {
      const answer = await post<T>(path, body)
      setFaults(answer.saved ? [] : answer.faults)
      return answer.saved ? (answer as Extract<T, { saved: true }>) : undefined
    } catch (error) {
      setRefused(error)
      return undefined
    } finally {
      setState('ready')
    }
  }
  return { faults, refused, state, send, setRefused }
}
