/** The reports as the house sees them: a proxy to their thread, which is started by the first report and again when it has died. */
import { Worker } from 'node:worker_threads'
import { GatewayError } from '../core/errors.ts'
import type { BoardFigures } from '../core/leader-board.ts'
import type { Retrievals } from '../core/retrievals.ts'
import type { AuditFound, IncidentsFound } from '../core/search.ts'
import type { ShiftLog } from '../core/shift-log.ts'
import type { AuditSearch } from './audit-search.ts'
import type { BoardQuery } from './board-figures.ts'
import type { CameraSpan, CameraSums } from './camera-days.ts'
import type { CountedReport, IncidentQuery } from './figures.ts'
import type { IncidentSearch } from './incident-search.ts'
import type { ReportAsk, ReportReply, ReportRequest } from './reports-thread.ts'
import type { RetrievalQuery } from './retrievals.ts'
import type { ShiftQuery } from './shift-log.ts'

/** Further ones are refused: somebody who presses again and again keeps only himself waiting. */
const MAX_WAITING = 20
const OLD_SPACE_MB = 768

export interface Reports {
  /** BODY_INVALID when it would count too many incidents, STORE_FAILED when it cannot be read. */
  incidents(query: IncidentQuery): Promise<CountedReport>
  cameraDays(query: CameraSpan): Promise<CameraSums>
  board(query: BoardQuery): Promise<BoardFigures>
  shift(query: ShiftQuery): Promise<ShiftLog>
  retrievals(query: RetrievalQuery): Promise<Retrievals>
  audit(query: AuditSearch): Promise<AuditFound>
  findIncidents(query: IncidentSearch): Promise<IncidentsFound>
  stop(): Promise<void>
}

interface Waiting {
  resolve(value: never): void
  reject(error: Error): void
}

/** `file` is the database. */
export function createReports(file: string): Reports {
  const waiting = new Map<number, Waiting>()
  let worker: Worker | undefined
  let lastId = 0
  let stopped = false
  const died = (of: Worker, why: string): void => {
    if (worker !== of) return
    worker = undefined
    for (const { reject } of waiting.values()) reject(new GatewayError('STORE_FAILED', { why }))
    waiting.clear()
  }
  const start = (): Worker => {
    const made = new Worker(new URL('./reports-thread.ts', import.meta.url), {
      workerData: { file },
      name: 'reports',
      resourceLimits: { maxOldGenerationSizeMb: OLD_SPACE_MB }
    })
    made.on('error', error => died(made, error.message))
    made.on('exit', code => died(made, `the thread of the reports ended with ${code}`))
    made.on('message', (reply: ReportReply) => {
      const entry = waiting.get(reply.id)
      waiting.delete(reply.id)
      if (reply.ok) entry?.resolve(reply.value as never)
      else
        entry?.reject(
          new GatewayError(reply.tooMany ? 'BODY_INVALID' : 'STORE_FAILED', {
            ...(reply.tooMany ? { field: 'from, to' } : {}),
            why: reply.why
          })
        )
    })
    return made
  }
  const asked = <T>(ask: ReportAsk): Promise<T> =>
    new Promise((resolve, reject) => {
      if (stopped || waiting.size >= MAX_WAITING)
        return reject(new GatewayError('STORE_FAILED', { why: 'too many reports are being made' }))
      worker ??= start()
      const id = ++lastId
      waiting.set(id, { resolve, reject })
      worker.postMessage({ id, ask } satisfies ReportRequest)
    })
  return {
    incidents: query => asked({ kind: 'incidents', query }),
    cameraDays: query => asked({ kind: 'cameraDays', query }),
    board: query => asked({ kind: 'board', query }),
    shift: query => asked({ kind: 'shift', query }),
    retrievals: query => asked({ kind: 'retrievals', query }),
    audit: query => asked({ kind: 'audit', query }),
    findIncidents: query => asked({ kind: 'findIncidents', query }),
    async stop() {
      stopped = true
      await worker?.terminate()
    }
  }
}
