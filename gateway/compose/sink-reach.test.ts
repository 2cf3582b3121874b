/** Where sinks of the page may lead: judged by the address that is connected to, whatever a name meant before. */
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { fetch } from 'undici'
import { afterEach, expect, it } from 'vitest'
import type { SinkDraft } from '../core/sink-record.ts'
import { createPost, NOT_ALLOWED } from '../feed/outwards/post.ts'
import { sinkFaults } from './sink-draft.ts'
import { createSinkReach } from './sink-reach.ts'

const stops: (() => unknown)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop()
})

/** Every name is this address. */
const meaning = (address: string) =>
  ((_host: string, _options: object, done: (error: null, found: object[]) => void) =>
    done(null, [{ address, family: 4 }])) as unknown as NonNullable<Parameters<typeof createSinkReach>[2]>

async function listening() {
  let asked = 0
  const server = createServer((_request, response) => {
    asked += 1
    response.end('ok')
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  stops.push(() => server.close().closeAllConnections())
  return { port: (server.address() as AddressInfo).port, asked: () => asked }
}

it('public and private addresses, but neither this machine, nor the link, nor what stands for them', () => {
  const { mayReach, mayName } = createSinkReach([], () => ['10.1.2.3'])
  for (const good of ['203.0.113.9', '10.1.2.4', '192.168.1.5', '2001:db8::1', 'fd00::1'])
    expect([good, mayReach(good)]).toEqual([good, true])
  for (const bad of [
    '127.0.0.1',
    '10.1.2.3',
    '169.254.169.254',
    '0.0.0.0',
    '224.0.0.1',
    '::1',
    'fe80::1',
    '::ffff:7f00:1'
  ])
    expect([bad, mayReach(bad)]).toEqual([bad, false])
  expect(['localhost', 'a.LocalHost.', 'example.org'].map(mayName)).toEqual([false, false, true])
})

it('with ranges given, those and no other', () => {
  const { mayReach } = createSinkReach(['10.1.0.0/16', '127.0.0.1'])
  expect(['10.1.2.3', '127.0.0.1', '127.0.0.2', '10.2.0.1', '203.0.113.9', '::1'].map(mayReach)).toEqual([
    ...[true, true, false, false, false, false]
  ])
})

it('a name that means this machine by the time it is connected to is refused, and so is a literal address', async () => {
  const { port, asked } = await listening()
  const shut = createSinkReach([], () => [], meaning('127.0.0.1'))
  stops.push(() => shut.close())
  const post = createPost(5_000, shut.dispatcher)
  for (const host of ['sink.example.org', '127.0.0.1'])
    expect(await post(`http://${host}:${port}/`, {}, 'x', new AbortController().signal)).toEqual({
      ...{ kind: 'failed', error: NOT_ALLOWED }
    })
  expect(asked()).toBe(0)
  const open = createSinkReach(['127.0.0.0/8'], () => [], meaning('127.0.0.1'))
  stops.push(() => open.close())
  const answer = await fetch(`http://sink.example.org:${port}/`, { dispatcher: await open.dispatcher() })
  expect(await answer.text()).toBe('ok')
})

it('an address outside the named ranges is told as that, one of this machine as that', () => {
  const draft = {
    ...{ name: 'city', format: 'json', url: 'http://8.8.8.8/', status: 'actual', scope: 'private', addresses: [] },
    ...{ restriction: '', tell: 'opened', lowestPriority: 4, classes: [], enabled: true, personal: false }
  } as const satisfies SinkDraft
  const codes = (allow: readonly string[], url: string) =>
    sinkFaults({ ...draft, url }, { before: undefined, names: new Set(), reach: createSinkReach(allow) }).map(
      ({ field, code }) => `${field} ${code}`
    )
  expect(codes(['10.0.0.0/8'], 'http://8.8.8.8/')).toEqual(['url notAllowed'])
  expect(codes(['10.0.0.0/8'], 'http://10.1.2.3/')).toEqual([])
  expect(codes([], 'http://127.0.0.1/')).toEqual(['url sinkHost'])
})
