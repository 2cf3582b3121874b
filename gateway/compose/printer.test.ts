/** The threads that draw: one after the other, and none is left when the gateway stops. */
import { EventEmitter } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { expect, it } from 'vitest'
import type { PrintMark, PrintOrder } from '../core/print.ts'
import { settle } from '../testing/fake-clock.ts'
import { createPrinter } from './printer.ts'

it('a stop ends the thread that draws, also when the one before it ended late', async () => {
  const threads: EventEmitter[] = []
  const printer = createPrinter(() => {
    const thread = new EventEmitter()
    threads.push(thread)
    const terminate = async () => Number(thread.emit('exit', 1))
    return Object.assign(thread, { terminate }) as unknown as Worker
  })
  const print = () => printer.print({} as PrintOrder, {} as PrintMark, 'pdf')
  const [one, two] = [print(), print()]
  const ended = expect(two).rejects.toMatchObject({ code: 'PRINT_FAILED' })
  await settle()
  threads[0]?.emit('message', Buffer.from('one'))
  expect(String(await one)).toBe('one')
  await settle()
  expect(threads).toHaveLength(2)
  threads[0]?.emit('exit', 0)
  await printer.stop()
  await ended
})
