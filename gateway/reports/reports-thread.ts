/** The thread of the reports: a connection of its own that can only read, so that a year of figures keeps no alarm waiting. */
import { parentPort, workerData } from 'node:worker_threads'
import BetterSqlite, { type Database } from 'better-sqlite3'
import { type AuditSearch, createAuditSearch } from './audit-search.ts'
import { type BoardQuery, boardFiguresOf, boardFromMs } from './board-figures.ts'
import { type CameraSpan, readCameraDays } from './camera-days.ts'
import { createFactBook } from './fact-book.ts'
import { type IncidentQuery, reportOf } from './figures.ts'
import { type IncidentSearch, searchIncidents } from './incident-search.ts'
import { type RetrievalQuery, readRetrievals } from './retrievals.ts'
import { readShift } from './shift-book.ts'
import { type ShiftQuery, shiftLogOf } from './shift-log.ts'

/** What can be asked of it. */
export type ReportAsk =
  | { readonly kind: 'incidents'; readonly query: IncidentQuery }
  | { readonly kind: 'cameraDays'; readonly query: CameraSpan }
  | { readonly kind: 'board'; readonly query: BoardQuery }
  | { readonly kind: 'shift'; readonly query: ShiftQuery }
  | { readonly kind: 'retrievals'; readonly query: RetrievalQuery }
  | { readonly kind: 'audit'; readonly query: AuditSearch }
  | { readonly kind: 'findIncidents'; readonly query: IncidentSearch }

export interface ReportRequest {
  readonly id: number
  readonly ask: ReportAsk
}

export type ReportReply =
  | { readonly id: number; readonly ok: true; readonly value: unknown }
  | { readonly id: number; readonly ok: false; readonly why: string; readonly tooMany: boolean }

function answerer(db: Database): (ask: ReportAsk) => unknown {
  const book = createFactBook(db)
  const searchAudit = createAuditSearch(db)
  return ask => {
    switch (ask.kind) {
      case 'incidents': {
        const { query } = ask
        return reportOf(query, book.facts(query.days[0]?.startMs ?? query.endMs, query.endMs))
      }
      case 'cameraDays':
        return readCameraDays(db, ask.query)
      case 'board':
        return boardFiguresOf(ask.query, book.facts(boardFromMs(ask.query), ask.query.endMs))
      case 'shift':
        return shiftLogOf(ask.query, readShift(db, ask.query.fromMs, Math.min(ask.query.toMs, ask.query.nowMs)))
      case 'retrievals':
        return readRetrievals(db, ask.query)
      case 'audit':
        return searchAudit(ask.query)
      case 'findIncidents':
        return searchIncidents(db, ask.query)
    }
  }
}

function serve(file: string): void {
  const answered = answerer(new BetterSqlite(file, { readonly: true, fileMustExist: true, timeout: 5_000 }))
  parentPort?.on('message', ({ id, ask }: ReportRequest) => {
    const answer = (reply: ReportReply) => parentPort?.postMessage(reply)
    try {
      answer({ id, ok: true, value: answered(ask) })
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error)
      answer({ id, ok: false, why, tooMany: error instanceof RangeError })
    }
  })
}

if (parentPort) serve((workerData as { readonly file: string }).file)
