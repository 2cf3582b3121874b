/** Tiles of a map server that may be slow, wrong or hostile. */
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { createTiles } from './tiles.ts'

const PNG = Buffer.from('89504e470d0a1a0a', 'hex')
let server: Server
let url = ''
const asked: string[] = []

beforeAll(async () => {
  server = createServer((request, response) => {
    asked.push(request.url ?? '')
    const [, zoom] = (request.url ?? '').split('/')
    if (zoom === '1') return response.writeHead(302, { location: '/9/0/0' }).end()
    if (zoom === '2') return response.writeHead(200, { 'content-type': 'text/html' }).end('<script>')
    if (zoom === '3') return response.writeHead(200, { 'content-type': 'image/png' }).end(Buffer.alloc(300_000))
    if (zoom === '4') return response.destroy()
    return response.writeHead(200, { 'content-type': 'image/png; charset=binary' }).end(PNG)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/{z}/{x}/{y}?tk=secret`
})

afterAll(() => new Promise(resolve => server.close(resolve)))

test('asks for exactly what the setting names, and once', async () => {
  const tiles = createTiles(url)
  asked.length = 0
  const [a, b] = await Promise.all([tiles(10, 700, 400), tiles(10, 700, 400)])
  expect(a).toEqual({ type: 'image/png', bytes: PNG })
  expect(b).toBe(a)
  expect(asked).toEqual(['/10/700/400?tk=secret'])
})

test('follows no redirect, takes no page, nothing large and nothing broken, and tells nothing of the address', async () => {
  const tiles = createTiles(url)
  for (const zoom of [1, 2, 3, 4]) {
    const refusal = await tiles(zoom, 0, 0).then(
      () => undefined,
      error => error as Error & { code: string; detail: object }
    )
    expect(refusal?.code, `zoom ${zoom}`).toBe('NOT_FOUND')
    expect(JSON.stringify(refusal?.detail)).not.toContain('secret')
  }
  expect(asked).not.toContain('/9/0/0')
})

test('a tile outside the world, or without a server, is asked of nobody', async () => {
  asked.length = 0
  await expect(createTiles(url)(3, 8, 0)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  await expect(createTiles('')(3, 1, 1)).rejects.toMatchObject({ code: 'NOT_FOUND' })
  expect(asked).toEqual([])
})
