/** Whose password is checked next, when many want theirs checked. */
import { expect, it } from 'vitest'
import { createFakeClock } from '../testing/fake-clock.ts'
import { createPasswordTurns } from './password-turns.ts'

function setUp() {
  const clock = createFakeClock()
  const turns = createPasswordTurns(clock)
  const checked: string[] = []
  const refused: string[] = []
  const open: (() => void)[] = []
  /** A check that lasts until `next`. */
  const ask = (origin: string, name = origin): void => {
    const check = () => {
      checked.push(name)
      return new Promise<void>(resolve => open.push(resolve))
    }
    turns.run(origin, check).catch(error => refused.push(`${name} ${error.code}`))
  }
  const next = async () => {
    open.shift()?.()
    await clock.advance(0)
  }
  return { clock, turns, checked, refused, ask, next }
}

it('one at a time; who has guessed wrong waits behind who has not, however many guesses came first', async () => {
  const { clock, turns, checked, ask, next } = setUp()
  for (const guesser of ['g1', 'g2', 'g3']) turns.wrong(guesser)
  for (let n = 0; n < 10; n++) for (const guesser of ['g1', 'g2', 'g3']) ask(guesser)
  ask('officer')
  await clock.advance(0)
  expect(checked).toEqual(['g1'])
  await next()
  expect(checked).toEqual(['g1', 'officer'])
})

it('addresses without a mark have their turns one after the other, whatever one of them sends at once', async () => {
  const { clock, checked, ask, next } = setUp()
  for (let n = 0; n < 5; n++) ask('flood')
  ask('a')
  ask('b')
  await clock.advance(0)
  await next()
  await next()
  await next()
  expect(checked).toEqual(['flood', 'a', 'b', 'flood'])
})

it('when too many wait the worst is asked to come again, not whoever came last', async () => {
  const { clock, turns, checked, refused, ask, next } = setUp()
  turns.wrong('g')
  for (let n = 0; n < 33; n++) ask('g', `g${n}`)
  ask('officer')
  await clock.advance(0)
  expect(refused).toEqual(['g32 LOGIN_LOCKED'])
  await next()
  expect(checked).toEqual(['g0', 'officer'])
})

it('a right password, or half an hour without a guess, wipes the mark away', async () => {
  const { clock, turns, checked, ask, next } = setUp()
  turns.wrong('a')
  turns.wrong('b')
  turns.right('b')
  ask('busy')
  ask('a')
  ask('b')
  await clock.advance(0)
  await next()
  expect(checked).toEqual(['busy', 'b'])
  await next()
  await next()
  await clock.advance(31 * 60_000)
  for (const origin of ['busy', 'a', 'c']) ask(origin)
  await clock.advance(0)
  await next()
  expect(checked.slice(3)).toEqual(['busy', 'a'])
})
