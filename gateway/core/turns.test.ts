/** What waits for its turn keeps its order, is worked a share at a time, and all of it is worked. */
import { expect, it } from 'vitest'
import { createTurns } from './turns.ts'

/** Runs one turn of a loop each time it is called. */
function loop() {
  const due: (() => void)[] = []
  return {
    later: (run: () => void) => due.push(run),
    turn() {
      for (const run of due.splice(0)) run()
    }
  }
}

it('works sixteen a turn, more where more waits, in the order in which they came', () => {
  const { later, turn } = loop()
  const turns = createTurns(later)
  const done: number[] = []
  for (let n = 0; n < 40; n++) turns.add(() => void done.push(n))
  expect(done).toEqual([])
  turn()
  expect([done.length, turns.waiting]).toEqual([16, 24])
  for (let n = 40; n < 1_624; n++) turns.add(() => void done.push(n))
  turn()
  expect(done.length).toBe(16 + 201)
  for (let n = 0; n < 60; n++) turn()
  expect(done).toEqual(Array.from({ length: 1_624 }, (_, n) => n))
})

it('what is added by work that runs comes with a later turn', () => {
  const { later, turn } = loop()
  const turns = createTurns(later)
  const done: string[] = []
  turns.add(() => {
    done.push('first')
    turns.add(() => void done.push('second'))
  })
  turn()
  expect(done).toEqual(['first'])
  turn()
  expect(done).toEqual(['first', 'second'])
  turns.add(() => void done.push('third'))
  turn()
  turn()
  expect(done).toEqual(['first', 'second', 'third'])
})
