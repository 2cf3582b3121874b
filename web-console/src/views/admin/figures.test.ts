/** Orders and filters of the diagnostics page. */
import { describe, expect, it } from 'vitest'
import type { Diagnostics } from '../../../../gateway/core/wire.ts'
import { matching, rejectedRows, rejectedTotal, troubleFirst } from './figures.ts'

const adapter = (
  name: string,
  ...rejected: Diagnostics['adapters'][number]['rejected']
): Diagnostics['adapters'][number] => ({
  name,
  state: 'running',
  restarts: 0,
  endpoints: [],
  accepted: 0,
  rejected
})

describe('diagnostics', () => {
  it('lists rejected input of all adapters, the newest first, and sums it', () => {
    const mqtt = adapter(
      'mqtt',
      { reason: 'acl', count: 3, lastOrigin: 'a', lastAtMs: 1 },
      { reason: 'json', count: 4, lastOrigin: 'b', lastAtMs: 9 }
    )
    const sip = adapter('sip', { reason: 'via', count: 1, lastOrigin: 'c', lastAtMs: 5 })
    expect(rejectedRows([mqtt, sip]).map(row => row.reason)).toEqual(['json', 'via', 'acl'])
    expect(rejectedTotal(mqtt)).toBe(7)
  })

  it('puts trouble first and counts 2 before 10', () => {
    const rows = ['box-10', 'box-2', 'box-3'].map(id => ({ id, state: id === 'box-3' ? 'offline' : 'online' }))
    expect(troubleFirst(rows, row => row.id).map(row => row.id)).toEqual(['box-3', 'box-2', 'box-10'])
  })

  it('finds devices by id, protocol, model or state', () => {
    const devices = [
      { id: 'mqtt:box-1', protocol: 'mqtt', state: 'online', atMs: 1, model: 'LX-200' },
      { id: 'jt808:1', protocol: 'jt808', state: 'offline', atMs: 1 }
    ]
    expect(matching(devices, ' lx ')).toHaveLength(1)
    expect(matching(devices, 'OFF').map(each => each.id)).toEqual(['jt808:1'])
    expect(matching(devices, '')).toBe(devices)
  })
})
