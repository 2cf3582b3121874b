/** An export order from the marked range, and its progress until it is over. */
import { useCallback, useEffect, useState } from 'react'
import type { ExportJob, ExportRequest, Ticket } from '../../../../gateway/core/wire.ts'
import { fetchWithTicket } from '../../player/tickets.ts'
import { get, post, Refusal } from '../../wire/api.ts'

const ASK_MS = 1_000
const SAVE_TIMEOUT_MS = 600_000

export interface ExportOrders {
  readonly job: ExportJob | undefined
  readonly refusal: Refusal | undefined
  readonly sending: boolean
  readonly order: (request: ExportRequest) => void
  readonly save: () => void
}

const OVER = new Set<ExportJob['state']>(['ready', 'failed', 'cancelled', 'deleted'])

export function useExport(): ExportOrders {
  const [job, setJob] = useState<ExportJob>()
  const [refusal, setRefusal] = useState<Refusal>()
  const [sending, setSending] = useState(false)
  const tried = useCallback(async (work: () => Promise<void>) => {
    setRefusal(undefined)
    setSending(true)
    try {
      await work()
    } catch (error) {
      setRefusal(error instanceof Refusal ? error : new Refusal('MEDIA_UNAVAILABLE', 0, String(error)))
    }
    setSending(false)
  }, [])

  const id = job && !OVER.has(job.state) ? job.id : undefined
  useEffect(() => {
    if (id === undefined) return
    const ask = () => void get<ExportJob>(`/api/exports/${encodeURIComponent(id)}`).then(setJob, () => undefined)
    const timer = setInterval(ask, ASK_MS)
    return () => clearInterval(timer)
  }, [id])

  return {
    job,
    refusal,
    sending,
    order: request => void tried(async () => setJob(await post<ExportJob>('/api/exports', request))),
    save: () => void tried(async () => job && (await saveBundle(job)))
  }
}

async function saveBundle(job: ExportJob): Promise<void> {
  const ticket = await post<Ticket>(`/api/exports/${encodeURIComponent(job.id)}/ticket`)
  const url = URL.createObjectURL(await fetchWithTicket(ticket, AbortSignal.timeout(SAVE_TIMEOUT_MS)))
  const link = document.createElement('a')
  link.href = url
  link.download = `${job.id}.zip`
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}
