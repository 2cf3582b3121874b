/** What the HTTP side asks of printing; everything given out is on record with its check value first. */
import type { IncidentId } from '../core/brand.ts'
import type { PrintLanguage } from '../core/print.ts'
import type { SessionUser } from '../core/wire.ts'

export interface Printed {
  readonly name: string
  readonly pdf: Buffer
}

export interface PrintRooms {
  /** 警情单; NOT_FOUND, NOT_ALLOWED for an incident of somebody else, PRINT_FAILED. */
  order(incidentId: IncidentId, language: PrintLanguage, user: SessionUser): Promise<Printed>
}
