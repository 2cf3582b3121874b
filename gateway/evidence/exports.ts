/** Exports 导出: orders in a queue, one made at a time, each on record before it begins, its bundle deleted after some days. */
import { randomUUID } from 'node:crypto'
import { GatewayError } from '../core/errors.ts'
import type { ExportMaker } from '../core/export-plan.ts'
import type { ExportJob, ExportRequest } from '../core/exporting.ts'
import type { Clock, Log } from '../core/ports.ts'
import type { AuditEntry, Commit, Store } from '../core/store.ts'
import type { EvidenceFiles } from './files.ts'
import type { Packer } from './packer.ts'
import type { Retention } from './retention.ts'

const EXPORT = 'evidence.export'
const PAGE = 1_000
const MAX_WAITING = 50
/** Jobs that are remembered by the list; older bundles are long deleted. */
const MAX_LISTED = 500
/** A job that takes the gateway down with it is not tried for ever. */
const MAX_ATTEMPTS = 2
const EVERY_MS = 600_000
const DAY_MS = 86_400_000

export interface ExportsDeps {
  readonly clock: Clock
  readonly log: Log
  readonly store: Pick<Store, 'documents'>
  readonly commit: Commit
  readonly packer: Packer
  readonly maker: ExportMaker
  readonly retention: Pick<Retention, 'remove'>
  readonly files: Pick<EvidenceFiles, 'exports'>
  readonly keepDays: number
  /** UTC ms by which ages are judged: no clock that jumps ahead removes what is young. */
  keepNow(): number
}

/** What the caller has looked up and allowed. */
export interface ExportOrder extends ExportRequest {
  readonly who: string
  readonly incidentNumber?: string
  readonly cameraNames: readonly string[]
  /** By what each private camera was open to this order (rule 9). */
  readonly audit: readonly AuditEntry[]
}

export interface Exports {
  /** Takes up what a stop or a crash left: asked again, or said to have failed. */
  start(): Promise<void>
  stop(): Promise<void>
  /** EXPORT_REFUSED when too many wait. */
  order(order: ExportOrder): Promise<ExportJob>
  /** NOT_FOUND; ILLEGAL_TRANSITION when it is over. */
  cancel(jobId: string, who: string): Promise<ExportJob>
  get(jobId: string): ExportJob | undefined
  /** Newest first. */
  all(): readonly ExportJob[]
  /** On record before the file is given: custody says who took it for whom. NOT_FOUND unless it is ready. */
  handOut(jobId: string, who: string): Promise<{ readonly file: string }>
}

interface Row {
  readonly job: ExportJob
  readonly attempts: number
}

export function createExports(deps: ExportsDeps): Exports {
  const { clock, log } = deps
  const rows = new Map<string, Row>()
  let queue: string[] = []
  let running: { readonly id: string; readonly abort: AbortController; readonly done: Promise<void> } | undefined
  let stopped = false
  let cancelTimer = (): void => undefined

  const save = async (row: Row, action: string, who: string, audit: readonly AuditEntry[] = []): Promise<void> => {
    const { stage: _stage, percent: _percent, etaS: _eta, ...job } = row.job
    const entry: AuditEntry = { atMs: clock.now(), who, ...auditOf(job, action) }
    const documents = [{ kind: EXPORT, key: job.id, body: { job, attempts: row.attempts } }]
    const result = await deps.commit({ documents, audit: [entry, ...audit] })
    if (!result.ok) throw new GatewayError('STORE_FAILED', { conflict: result.conflict })
    rows.set(job.id, { job, attempts: row.attempts })
  }
  const next = (): void => {
    if (running || stopped) return
    const id = queue.shift()
    const row = id === undefined ? undefined : rows.get(id)
    if (!row) return
    const abort = new AbortController()
    const done = work(row, abort.signal).finally(() => {
      running = undefined
      next()
    })
    running = { id: row.job.id, abort, done }
  }
  const work = async (row: Row, abort: AbortSignal): Promise<void> => {
    const begun: Row = { job: { ...row.job, state: 'running', startedAtMs: clock.now() }, attempts: row.attempts + 1 }
    try {
      await save(begun, 'export.begin', 'system')
      const bundle = await make(begun.job, abort)
      const keptUntilMs = deps.keepNow() + deps.keepDays * DAY_MS
      const job: ExportJob = { ...begun.job, ...bundle, state: 'ready', endedAtMs: clock.now(), keptUntilMs }
      await save({ ...begun, job }, 'export.ready', 'system')
    } catch (error) {
      // The next start takes it up again; a stop that was asked for is no attempt that failed.
      if (stopped)
        return save(row, 'export.interrupted', 'system').catch(cause =>
          log.error({ err: cause }, 'an export will be counted as tried')
        )
      await over(begun, abort.aborted ? 'cancelled' : 'failed', failureOf(error))
    }
  }
  const over = async (row: Row, state: 'cancelled' | 'failed', failure: string): Promise<void> => {
    if (state === 'failed') log.warn({ export: row.job.id, why: failure }, 'an export failed')
    const job: ExportJob = { ...row.job, state, endedAtMs: clock.now(), ...(state === 'failed' ? { failure } : {}) }
    await save({ ...row, job }, `export.${state}`, 'system').catch(error => {
      log.error({ err: error, export: row.job.id }, 'the end of an export could not be put on record')
      rows.set(job.id, { ...row, job })
    })
  }
  const make = async (job: ExportJob, abort: AbortSignal): Promise<Partial<ExportJob>> => {
    const packing = await deps.packer.prepare(job)
    const result = await deps.maker.make(
      packing.plan,
      {
        progress: ({ stage, percent }) => {
          const current = rows.get(job.id)
          if (!current) return
          const etaS = etaOf(clock.now() - (job.startedAtMs ?? clock.now()), percent)
          rows.set(job.id, {
            ...current,
            job: { ...current.job, stage, percent, ...(etaS === undefined ? {} : { etaS }) }
          })
        },
        texts: packing.texts
      },
      abort
    )
    return { ...result, missing: packing.missing() }
  }
  const expire = async (): Promise<void> => {
    for (const { job, attempts } of rows.values()) {
      if (job.state !== 'ready' || !job.file || (job.keptUntilMs ?? 0) > deps.keepNow()) continue
      const deleted: ExportJob = { ...job, state: 'deleted' }
      await deps.retention.remove([job.file], {
        documents: [{ kind: EXPORT, key: job.id, body: { job: deleted, attempts } }],
        audit: [{ atMs: clock.now(), who: 'system', ...auditOf(job, 'export.deleted') }]
      })
      rows.set(job.id, { job: deleted, attempts })
    }
  }
  /** What a kill left: only what a ready job names is a bundle, whole and on record. Before anything is made. */
  const tidy = async (): Promise<void> => {
    const bundles = new Set(
      [...rows.values()].flatMap(({ job }) => (job.state === 'ready' && job.file ? [job.file] : []))
    )
    const left = (await deps.files.exports()).filter(name => !bundles.has(name))
    if (left.length === 0) return
    log.warn({ files: left }, 'unfinished exports of the run before are removed')
    await deps.retention.remove(left, {})
  }
  const shown = (job: ExportJob): ExportJob => {
    const place = queue.indexOf(job.id)
    return place < 0 ? job : { ...job, queuedBehind: place + (running ? 1 : 0) }
  }

  return {
    async start() {
      for (let fromKey = ''; ; ) {
        const found = await deps.store.documents({ kind: EXPORT, fromKey, limit: PAGE })
        for (const { key, body } of found) rows.set(key, body as Row)
        const last = found.at(-1)
        if (!last || found.length < PAGE) break
        fromKey = `${last.key}\u0001`
      }
      for (const row of [...rows.values()]) {
        if (row.job.state !== 'queued' && row.job.state !== 'running') continue
        if (row.attempts >= MAX_ATTEMPTS) await over(row, 'failed', 'interrupted')
        else queue.push(row.job.id)
      }
      // What stays costs disk and is tried again at the next start; it keeps nobody from starting.
      await tidy().catch(error => log.warn({ err: error }, 'unfinished exports could not be removed'))
      const sweep = () => void expire().catch(error => log.error({ err: error }, 'old exports could not be deleted'))
      cancelTimer = clock.every(EVERY_MS, sweep)
      sweep()
      next()
    },
    async stop() {
      stopped = true
      cancelTimer()
      running?.abort.abort()
      await running?.done
    },
    async order({ who, audit, ...request }) {
      if (queue.length >= MAX_WAITING) throw new GatewayError('EXPORT_REFUSED', { why: 'tooMany', limit: MAX_WAITING })
      const orderedAtMs = clock.now()
      const id = `export-${orderedAtMs}-${randomUUID().slice(0, 8)}`
      const job: ExportJob = { ...request, id, state: 'queued', orderedBy: who, orderedAtMs }
      await save({ job, attempts: 0 }, 'export.order', who, audit)
      queue.push(id)
      next()
      return shown(rows.get(id)?.job ?? job)
    },
    async cancel(jobId, who) {
      const row = rows.get(jobId)
      if (!row) throw new GatewayError('NOT_FOUND', { export: jobId.slice(0, 80) })
      const audit: AuditEntry = { atMs: clock.now(), who, ...auditOf(row.job, 'export.cancel') }
      if (running?.id === jobId) {
        await deps.commit({ audit: [audit] })
        const { abort, done } = running
        abort.abort()
        await done
      } else if (row.job.state === 'queued') {
        queue = queue.filter(id => id !== jobId)
        await save({ ...row, job: { ...row.job, state: 'cancelled', endedAtMs: clock.now() } }, 'export.cancel', who)
      } else throw new GatewayError('ILLEGAL_TRANSITION', { why: 'exportOver', state: row.job.state })
      return rows.get(jobId)?.job ?? row.job
    },
    get(jobId) {
      const job = rows.get(jobId)?.job
      return job && shown(job)
    },
    all: () =>
      [...rows.values()]
        .map(row => shown(row.job))
        .sort((a, b) => b.orderedAtMs - a.orderedAtMs)
        .slice(0, MAX_LISTED),
    async handOut(jobId, who) {
      const job = rows.get(jobId)?.job
      if (job?.state !== 'ready' || !job.file) throw new GatewayError('NOT_FOUND', { export: jobId.slice(0, 80) })
      await deps.packer.handOut(job, who, { atMs: clock.now(), who, ...auditOf(job, 'export.handOut') })
      return { file: job.file }
    }
  }
}

function auditOf(
  job: ExportJob,
  action: string
): Pick<AuditEntry, 'action' | 'object' | 'outcome' | 'reason' | 'detail'> {
  const detail: Record<string, string | number | boolean> = { export: job.id, receiver: job.receiver }
  if (job.sha256 !== undefined) detail.sha256 = job.sha256
  if (job.incidentId !== undefined) detail.incident = job.incidentId
  if (job.ranges?.length) {
    detail.cameras = job.ranges.map(range => range.cameraId).join(' ')
    detail.fromMs = Math.min(...job.ranges.map(range => range.fromMs))
    detail.toMs = Math.max(...job.ranges.map(range => range.toMs))
  }
  if (job.oneFile !== undefined) detail.sound = soundOf(job)
  if (job.failure !== undefined) detail.failure = job.failure
  return { action, object: `export:${job.id}`, outcome: 'done', reason: job.reason, detail }
}

/** Whose sound the one file of all was ordered with. */
function soundOf({ oneFile, oneFileSound }: ExportJob): string {
  if (typeof oneFileSound === 'object') return oneFileSound.cameraId
  return oneFileSound ?? (oneFile === 'grid' ? 'first' : 'each')
}

/** Seconds left at the speed so far; undefined while nothing can be said. */
function etaOf(elapsedMs: number, percent: number): number | undefined {
  return percent < 1 ? undefined : Math.ceil((elapsedMs * (100 - percent)) / percent / 1_000)
}

function failureOf(error: unknown): string {
  if (!(error instanceof GatewayError)) return error instanceof Error ? error.message.slice(0, 300) : 'failed'
  return String(error.detail.reason ?? error.detail.cause ?? error.code).slice(0, 300)
}
