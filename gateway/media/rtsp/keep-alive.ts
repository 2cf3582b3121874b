/** Keeps a session alive by whichever method the camera takes (RFC 2326 §10.8, A.1), and finds out that none is needed. */
import type { Clock } from '../../core/ports.ts'
import { RtspFault } from './fault.ts'

const METHODS = ['GET_PARAMETER', 'OPTIONS', 'SET_PARAMETER'] as const
/** Well before the end even when one request is lost. */
const PERIODS_PER_TIMEOUT = 2.5

type Method = (typeof METHODS)[number]

/** Returns what stops it. `advertised` is the Public header; `ask` rejects with an RtspFault. */
export function keepAlive(
  clock: Clock,
  timeoutS: number,
  advertised: string,
  ask: (method: Method) => Promise<unknown>
): () => void {
  // OPTIONS every server knows; the others only where they are offered, or as the last resort.
  const order: Method[] = /\bGET_PARAMETER\b/i.test(advertised)
    ? [...METHODS]
    : ['OPTIONS', 'GET_PARAMETER', 'SET_PARAMETER']
  const next = (): void => {
    const [method] = order
    if (method === undefined) return
    ask(method).catch((error: unknown) => {
      // Offered and refused (405, 454, 501 …): some cameras do that. When all are refused, reports and open connection must do.
      if (error instanceof RtspFault && error.kind === 'refused' && order[0] === method) order.shift()
    })
  }
  return clock.every((timeoutS * 1000) / PERIODS_PER_TIMEOUT, next)
}
