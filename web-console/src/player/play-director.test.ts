/** The clock of several pictures: what it waits for, what it jumps over, what it asks for. */
import { describe, expect, it } from 'vitest'
import { Director, type Follower } from './play-director.ts'
import { FrameList } from './play-frames.ts'
import type { Presence } from './play-session.ts'

const FRAME: Presence = { kind: 'frame', frame: { at: 0, until: 1, wallMs: 0 } }

function bench(...presences: Presence[]) {
  let now = 1_000
  const director = new Director(
    100_000,
    () => now,
    () => 1_000_000
  )
  const followers = presences.map(presence => {
    const asked: string[] = []
    const follower: Follower & { presence: Presence; asked: string[]; rate: number; isHeavy: boolean } = {
      presence,
      asked,
      rate: 0,
      isHeavy: false,
      at: () => follower.presence,
      play: (atMs, keys) => void asked.push(`play ${atMs}${keys ? ' keys' : ''}`),
      scrub: atMs => void asked.push(`scrub ${atMs}`),
      follow: (_atMs, rate) => {
        follower.rate = rate
      },
      allow: () => undefined,
      step: (atMs, direction) => atMs + 40 * direction
    }
    director.add(follower)
    return follower
  })
  const pass = (ms: number) => {
    for (let left = ms; left > 0; left -= 20) {
      now += 20
      director.tick()
    }
  }
  director.tick()
  return { director, followers, pass }
}

describe('director', () => {
  it('runs at its speed while every picture is there, and stands otherwise', () => {
    const { director, pass } = bench(FRAME, FRAME)
    pass(500)
    expect(director.atMs).toBe(100_000)
    director.toggle()
    pass(1_000)
    expect(director.atMs).toBe(101_000)
    director.setSpeed(2)
    pass(1_000)
    expect(director.atMs).toBe(103_000)
  })

  it('asks not again for what has come and is on its way into the buffer', () => {
    const { director, followers } = bench({ kind: 'loading', soon: true }, { kind: 'loading' })
    director.seek(100_500)
    expect(followers.map(each => each.asked.length)).toEqual([1, 2])
  })

  it('waits for a picture that is on its way, but not for ever', () => {
    const { director, followers, pass } = bench(FRAME, { kind: 'loading' })
    director.toggle()
    pass(2_000)
    expect([director.atMs, director.view.waiting, followers[0]?.rate]).toEqual([100_000, true, 0])
    pass(3_000)
    expect(director.atMs).toBeGreaterThan(101_000)
  })

  it('plays on when one has a gap, and jumps over a gap of all after showing it', () => {
    const gap: Presence = { kind: 'gap', fromMs: 90_000, toMs: 160_000 }
    const one = bench(FRAME, gap)
    one.director.toggle()
    one.pass(1_000)
    expect(one.director.atMs).toBe(101_000)
    const both = bench(gap, { ...gap, toMs: 150_000 })
    both.director.toggle()
    both.pass(1_000)
    expect(both.director.atMs).toBe(100_000)
    both.pass(1_000)
    expect(both.director.atMs).toBe(150_001)
  })

  it('stands at the newest there is and says so', () => {
    const { director, pass } = bench({ kind: 'edge', atMs: 100_000, shows: true })
    director.toggle()
    pass(1_000)
    expect([director.atMs, director.view.newest]).toEqual([100_000, true])
  })

  it('asks for keyframes where it runs faster than can be decoded, and for every frame when it stands', () => {
    const { director, followers, pass } = bench(FRAME, FRAME)
    director.toggle()
    director.setSpeed(4)
    expect(followers[0]?.asked.at(-1)).toBe('play 100000 keys')
    director.pause()
    expect(followers[0]?.asked.at(-1)).toBe('play 100000')
    pass(20)
  })

  it('asks for keyframes earlier where a picture is transcoded, also when that shows only while it plays', () => {
    const { director, followers, pass } = bench(FRAME)
    const [follower] = followers
    director.setSpeed(4)
    director.toggle()
    pass(100)
    expect([director.view.keys, follower?.asked]).toEqual([false, ['play 100000']])
    if (follower) follower.isHeavy = true
    pass(20)
    expect([director.view.keys, follower?.asked.at(-1)]).toEqual([true, 'play 100400 keys'])
    director.setSpeed(2)
    expect([director.view.keys, follower?.asked.length]).toEqual([false, 3])
  })

  it('asks for pictures a few times a second while the hand searches, then plays from there', () => {
    const { director, followers, pass } = bench(FRAME)
    for (let i = 0; i < 50; i++) {
      director.scrub(50_000 + i * 100)
      pass(20)
    }
    const scrubs = followers[0]?.asked.filter(each => each.startsWith('scrub')) ?? []
    expect(scrubs.length).toBeGreaterThan(8)
    expect(scrubs.length).toBeLessThanOrEqual(13)
    director.drop()
    expect(followers[0]?.asked.at(-1)).toBe('play 54900')
  })

  it('steps once the picture is there when the key came before it', () => {
    const { director, followers, pass } = bench({ kind: 'loading' })
    director.step(1)
    expect(director.atMs).toBe(100_000)
    const [follower] = followers
    if (follower) follower.presence = FRAME
    pass(100)
    expect(director.atMs).toBe(100_040)
  })

  it('steps once the next picture is there, unless something else was wished for meanwhile', () => {
    const { director, followers, pass } = bench(FRAME)
    const [follower] = followers
    if (!follower) throw new Error('no follower')
    const { step } = follower
    follower.step = () => undefined
    director.step(1)
    pass(100)
    follower.step = step
    pass(100)
    expect(director.atMs).toBe(100_040)
    follower.step = () => undefined
    director.step(1)
    director.seek(50_000)
    follower.step = step
    pass(100)
    expect(director.atMs).toBe(50_000)
  })
})

describe('frames in the buffer', () => {
  it('replace what they overlap, and are found by their time', () => {
    const list = new FrameList()
    const frames = (from: number, count: number) =>
      Array.from({ length: count }, (_, i) => ({ at: from + i, until: from + i + 1, wallMs: (from + i) * 1_000 }))
    list.add(frames(10, 5), 0)
    list.add(frames(12, 5), 0)
    expect([list.count, list.last()?.until]).toEqual([7, 17])
    expect([list.at(12.5)?.at, list.after(12.5)?.at, list.before(12.5)?.at]).toEqual([12, 13, 11])
    expect([list.at(9.9), list.at(16.999)?.at, list.at(18)]).toEqual([undefined, 16, undefined])
    // What comes behind the newest picture is not known yet: it must not stand for a moment that belongs to the next one.
    expect(list.at(17.4)).toBeUndefined()
    const holed = new FrameList()
    holed.add([...frames(16, 1), ...frames(17, 1).map(frame => ({ ...frame, at: 17.5 }))], 0)
    expect(holed.at(17.4)?.at).toBe(16)
    list.trim(13)
    expect([list.count, list.before(13.5)]).toEqual([4, undefined])
  })
})
