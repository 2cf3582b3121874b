/** Sub-packaged messages of one line: put together, and what does not come of them is asked for again (0x8003) while the terminal is there to hear it. */
import type { AdapterHost } from '../../gateway/core/ports.ts'
import { words } from '../kit/terminal-frame.ts'
import type { Link } from '../kit/vehicles.ts'
import type { Frame } from './frame.ts'
import { type Assembly, createAssembler } from './parts.ts'

type Whole = Extract<Assembly, { state: 'whole' }>

/** No part for so long: what is missing is asked for again. */
const OVERDUE_MS = 5_000
/** Asked in vain so often, the rest never comes. */
const MAX_ASKS = 3

export interface Gaps {
  /**
   * The whole message when this is its last part; `frame.part` must be there. `heard`: the line has authenticated for this phone; whoever has not
   * may have forged its address, and is asked nothing.
   */
  add(frame: Frame, heard: boolean): Whole | undefined
  /** The line has ended. */
  close(): void
}

interface GapsHost {
  readonly clock: Pick<AdapterHost['clock'], 'after'>
  reject: AdapterHost['reject']
}

/** What is asked of one message under way. */
interface Asking {
  asks: number
  cancel(): void
}

export function createGaps(link: Pick<Link, 'send' | 'origin'>, host: GapsHost): Gaps {
  const assembler = createAssembler()
  const askings = new Map<string, Asking>()

  function forget(message: string): void {
    askings.get(message)?.cancel()
    askings.delete(message)
  }

  function ask(message: string, asking: Asking): void {
    asking.cancel()
    const missing = assembler.missing(message)
    if (!missing) return
    if (asking.asks === MAX_ASKS) {
      host.reject('partsLost', link.origin, `${missing.indexes.length} of ${missing.total}`)
      assembler.drop(message)
      forget(message)
      return
    }
    asking.asks += 1
    link.send(
      0x8003,
      Buffer.concat([words(missing.firstSerial), Buffer.from([missing.indexes.length]), words(...missing.indexes)])
    )
    asking.cancel = host.clock.after(OVERDUE_MS, () => ask(message, asking))
  }

  return {
    add(frame, heard) {
      const assembly = assembler.add(frame)
      // Whole now, or gone to make room.
      for (const message of askings.keys()) if (!assembler.isOpen(message)) forget(message)
      if (assembly.state === 'whole') return assembly
      if (assembly.state === 'refused') host.reject('parts', link.origin, assembly.detail)
      if (assembly.state === 'refused' || !heard) return undefined
      const { message } = assembly
      const asking = askings.get(message) ?? { asks: 0, cancel: () => undefined }
      askings.set(message, asking)
      asking.cancel()
      // The last part is the sign that the terminal has sent all it means to send by itself.
      if (asking.asks === 0 && frame.part?.index === frame.part?.total) ask(message, asking)
      else asking.cancel = host.clock.after(OVERDUE_MS, () => ask(message, asking))
      return undefined
    },
    close() {
      for (const message of [...askings.keys()]) forget(message)
      assembler.drop()
    }
  }
}
