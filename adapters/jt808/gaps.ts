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

export function createGaps(link: Pick<Link, 'send' | 'origin'>, host: GapsHost): Gaps {
  const assembler = createAssembler()
  let cancel = (): void => undefined
  let asks = 0
  let message = ''

  const ask = (): void => {
    cancel()
    const missing = assembler.missing()
    if (!missing) return
    if (asks === MAX_ASKS) {
      host.reject('partsLost', link.origin, `${missing.indexes.length} of ${missing.total}`)
      assembler.drop()
      return
    }
    asks += 1
    link.send(
      0x8003,
      Buffer.concat([words(missing.firstSerial), Buffer.from([missing.indexes.length]), words(...missing.indexes)])
    )
    cancel = host.clock.after(OVERDUE_MS, ask)
  }

  return {
    add(frame, heard) {
      const assembly = assembler.add(frame)
      cancel()
      if (assembly.state === 'refused') host.reject('parts', link.origin, assembly.detail)
      if (assembly.state === 'whole') return assembly
      if (assembly.state === 'refused' || !heard) return undefined
      if (assembler.message !== message) {
        message = assembler.message
        asks = 0
      }
      // The last part is the sign that the terminal has sent all it means to send by itself.
      if (asks === 0 && frame.part?.index === frame.part?.total) ask()
      else cancel = host.clock.after(OVERDUE_MS, ask)
      return undefined
    },
    close() {
      cancel()
      assembler.drop()
    }
  }
}
