/** An export job in the hand of its orderer: ordered, asked after until it is over, cancelled, fetched. */
import { useCallback, useEffect, useState } from 'react'
import type { ExportJob, ExportRequest, Ticket } from '../../../gateway/core/wire.ts'
import { get, post, Refusal } from '../wire/api.ts'
import { download } from './download.ts'

const ASK_MS = 1_000
const OVER = new Set<ExportJob['state']>(['ready', 'failed', 'cancelled', 'deleted'])

export function isOver(job: ExportJob): boolean {
  return OVER.has(job.state)
}

interface Tried {
  readonly refusal: Refusal | undefined
  readonly busy: boolean
  readonly attempt: (work: () => Promise<void>) => void
  readonly setRefusal: (refusal: Refusal | undefined) => void
}

function useTried(): Tried {
  const [refusal, setRefusal] = useState<Refusal>()
  const [busy, setBusy] = useState(false)
  const attempt = useCallback((work: () => Promise<void>) => {
    setRefusal(undefined)
    setBusy(true)
    work()
      .catch(error => setRefusal(error instanceof Refusal ? error : new Refusal('UNKNOWN', 0, String(error))))
      .finally(() => setBusy(false))
  }, [])
  return { refusal, busy, attempt, setRefusal }
}

export interface ExportOrder extends Pick<Tried, 'refusal' | 'busy'> {
  readonly job: ExportJob | undefined
  readonly setJob: (job: ExportJob) => void
  readonly order: (request: ExportRequest) => void
}

/** Orders, and follows what was ordered. */
export function useExportOrder(): ExportOrder {
  const { refusal, busy, attempt } = useTried()
  const [job, setJob] = useState<ExportJob>()
  const id = job && !isOver(job) ? job.id : undefined
  useEffect(() => {
    if (id === undefined) return
    const ask = () => void get<ExportJob>(pathOf(id)).then(setJob, () => undefined)
    const timer = setInterval(ask, ASK_MS)
    return () => clearInterval(timer)
  }, [id])
  const order = (request: ExportRequest) => attempt(async () => setJob(await post<ExportJob>('/api/exports', request)))
  return { job, setJob, refusal, busy, order }
}

export interface ExportActions extends Pick<Tried, 'refusal' | 'busy'> {
  /** The browser has the download; its own list shows how far it is. */
  readonly saving: boolean
  readonly cancel: () => void
  readonly save: () => void
  /** The same order once more, as a new job with its own place in the audit log. */
  readonly again: () => void
}

export function useExportActions(job: ExportJob, onJob: (job: ExportJob) => void): ExportActions {
  const { refusal, busy, attempt, setRefusal } = useTried()
  const [saving, setSaving] = useState(false)
  return {
    refusal,
    busy,
    saving,
    cancel: () => attempt(async () => onJob(await post<ExportJob>(`${pathOf(job.id)}/cancel`))),
    again: () => attempt(async () => onJob(await post<ExportJob>('/api/exports', requestOfJob(job)))),
    save: () =>
      attempt(async () => {
        const ticket = await post<Ticket>(`${pathOf(job.id)}/ticket`)
        setSaving(true)
        download(ticket, () => {
          setSaving(false)
          setRefusal(new Refusal('MEDIA_UNAVAILABLE', 0, 'the worker refused the download'))
        })
      })
  }
}

function requestOfJob(job: ExportJob): ExportRequest {
  const { incidentId, ranges, burnIn, oneFile, oneFileSound, reason, receiver } = job
  // What is undefined is not sent.
  return { incidentId, ranges, burnIn, oneFile, oneFileSound, reason, receiver } as ExportRequest
}

function pathOf(jobId: string): string {
  return `/api/exports/${encodeURIComponent(jobId)}`
}
