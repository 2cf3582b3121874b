/** How the alarm lines are, for whoever watches: numbers only, no address, no port, no device. Types only. */

/** GET /api/lines */
export interface AlarmLines {
  /** Protocols that are served, and how many of them run. */
  readonly adapters: { readonly all: number; readonly running: number }
  /** When the newest signal came over any of them, UTC ms. */
  readonly lastSignalAtMs?: number
  /** Telephone exchanges that are asked whether they live and have answered since the start, and those not asked from which something came within ten minutes; how many of them answer. */
  readonly exchanges: { readonly all: number; readonly answering: number }
}
