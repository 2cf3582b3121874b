/** Evidence files in the page: fetched with a ticket into a blob, tried again while the recorder still writes, freed with the component. */
import { useEffect, useState } from 'react'
import { playableCodecs } from './mse-sink.ts'
import { backOffMs } from './policy.ts'
import { evidenceTicket, fetchWithTicket, WorkerRefusal } from './tickets.ts'

export type EvidenceState =
  /** `made`: H.264 of an H.265 file, since this browser plays no other; that takes its time. */
  | { readonly kind: 'loading'; readonly made?: boolean }
  | { readonly kind: 'ready'; readonly url: string; readonly made?: boolean }
  /** `code` is of the catalogue; `final` says that nothing more is tried. */
  | { readonly kind: 'failed'; readonly code: string; readonly final: boolean }

/** The file as a blob URL; `undefined` fetches nothing and stays loading. */
export function useEvidence(evidenceId: string | undefined): EvidenceState {
  const [state, setState] = useState<EvidenceState>({ kind: 'loading' })

  useEffect(() => {
    setState({ kind: 'loading' })
    if (evidenceId === undefined) return
    const abort = new AbortController()
    let url = ''
    let retry: ReturnType<typeof setTimeout> | undefined
    const attempt = async (n: number): Promise<void> => {
      const outcome = await load(evidenceId, abort.signal, () => setState({ kind: 'loading', made: true }))
      if (abort.signal.aborted) return
      if (outcome.kind === 'blob') {
        url = URL.createObjectURL(outcome.blob)
        setState({ kind: 'ready', url, ...(isMade(outcome.blob.type) ? { made: true } : {}) })
        return
      }
      setState(outcome)
      if (!outcome.final) retry = setTimeout(() => void attempt(n + 1), backOffMs(n, Math.random()))
    }
    void attempt(1)
    return () => {
      abort.abort()
      clearTimeout(retry)
      if (url) URL.revokeObjectURL(url)
    }
  }, [evidenceId])

  return state
}

/** The same for a still: the blob URL for an <img>, or undefined until there is one. */
export function useStill(evidenceId: string | undefined): string | undefined {
  const state = useEvidence(evidenceId)
  return state.kind === 'ready' ? state.url : undefined
}

type Outcome = { readonly kind: 'blob'; readonly blob: Blob } | Extract<EvidenceState, { kind: 'failed' }>

/** The worker names the codec only where it made it (gateway/media/live/file-as-h264.ts). */
function isMade(type: string): boolean {
  return type.includes('codecs=')
}

async function load(evidenceId: string, abort: AbortSignal, making: () => void): Promise<Outcome> {
  const answer = await evidenceTicket(evidenceId)
  if (!answer.ok) return { kind: 'failed', code: answer.code, final: answer.final }
  const accept = playableCodecs().includes('h265') ? '*/*' : 'video/mp4;codecs=avc1,*/*'
  try {
    const blob = await fetchWithTicket(answer.ticket, abort, {
      accept,
      onType: type => isMade(type) && !abort.aborted && making()
    })
    return { kind: 'blob', blob }
  } catch (error) {
    const busy = error instanceof WorkerRefusal && error.status === 503
    return { kind: 'failed', code: busy ? 'TRANSCODE_BUSY' : 'MEDIA_UNAVAILABLE', final: false }
  }
}
