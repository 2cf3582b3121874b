/** The thread of the reports: a connection of its own that can only read, so that a year of figures keeps no alarm waiting. */
import { parentPort, workerData } from 'node:worker_threads'
import BetterSqlite from 'better-sqlite3'
import { createFactBook } from './fact-book.ts'
import { type IncidentQuery, reportOf } from './figures.ts'

export interface ReportRequest {
  readonly id: number
  readonly query: IncidentQuery
}

export type ReportReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly why: string; readonly tooMany: boolean }

function serve(file: string): void {
  const db = new BetterSqlite(file, { readonly: true, fileMustExist: true, timeout: 5_000 })
  const book = createFactBook(db)
  parentPort?.on('message', ({ id, query }: ReportRequest) => {
    const answer = (reply: ReportReply) => parentPort?.postMessage(reply)
    try {
      const from = query.days[0]?.startMs ?? query.endMs
      answer({ id, ok: true, value: reportOf(query, book.facts(from, query.endMs)) })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      answer({ id, ok: false, why, tooMany: error instanceof RangeError })
    }
  })
}

if (parentPort) serve((workerData as { readonly file: string }).file)
