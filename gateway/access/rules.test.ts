/** Who may do what, rule 9 as a table, and passwords that can be checked but not read. */
import { expect, it } from 'vitest'
import { type CameraId, type IncidentId, id } from '../core/brand.ts'
import type { Role, SessionUser } from '../core/wire.ts'
import { cameraViewed, positionsRead } from './audit.ts'
import { mayView } from './camera-access.ts'
import { hashPassword, randomPassword, verifyPassword } from './passwords.ts'
import { may } from './permissions.ts'

const ROLES: readonly Role[] = ['operator', 'leader', 'patrol', 'taxiDispatcher', 'administrator', 'auditor']
const incidents = [id<IncidentId>('i-1')]

it.each([
  ['incident.read', ['operator', 'leader', 'auditor']],
  ['incident.act', ['operator', 'leader']],
  ['incident.take', ['leader']],
  ['incident.close', ['leader']],
  ['device.command', ['operator', 'leader', 'taxiDispatcher']],
  ['camera.view', ['operator', 'leader']],
  ['camera.health', ['operator', 'leader', 'administrator', 'auditor']],
  ['evidence.view', ['operator', 'leader', 'patrol', 'auditor']],
  ['position.read', ['operator', 'leader']],
  ['patrol.self', ['patrol']],
  ['fleet.read', ['taxiDispatcher']],
  ['camera.fleet', ['taxiDispatcher']],
  ['source.read', ['operator', 'leader', 'administrator', 'auditor']],
  ['source.frames', ['operator', 'leader', 'administrator']],
  ['source.test', ['operator', 'leader', 'administrator']],
  ['source.shelve', ['operator', 'leader']],
  ['terminal.approve', ['administrator']],
  ['report.read', ['leader', 'administrator', 'auditor']],
  ['diagnostics.read', ['leader', 'administrator', 'auditor']],
  ['audit.read', ['leader', 'administrator', 'auditor']],
  ['user.manage', ['administrator']],
  ['seat.free', ['leader', 'administrator']],
  ['recording.view', ['operator', 'leader']],
  ['recording.browse', ['leader']],
  ['wall.edit', ['operator', 'leader']],
  ['videoPatrol.plan', ['leader']],
  ['videoPatrol.do', ['operator', 'leader']],
  ['demo.press', ['operator', 'leader', 'administrator']]
] as const)('%s belongs to %j and nobody else', (permission, roles) => {
  expect(ROLES.filter(role => may({ role }, permission))).toEqual(roles)
})

it('an auditor reads and acts on nothing', () => {
  const acts = [
    ...(['incident.act', 'incident.take', 'incident.close', 'device.command', 'camera.view', 'camera.plan'] as const),
    ...(['recording.view', 'evidence.export', 'evidence.hold', 'position.read', 'source.test', 'sop.edit'] as const),
    ...(['terminal.approve', 'sink.manage', 'user.manage', 'seat.free', 'wall.edit', 'demo.press'] as const)
  ]
  expect(acts.filter(permission => may({ role: 'auditor' }, permission))).toEqual([])
  expect(may({ role: 'auditor' }, 'sop.read')).toBe(true)
})

it.each([
  ['public', 'operator', [], undefined, { ok: true, basis: 'public' }],
  ['private', 'operator', [], undefined, { ok: false, code: 'CAMERA_CLOSED' }],
  ['private', 'operator', [], '   x ', { ok: false, code: 'CAMERA_CLOSED' }],
  [
    'private',
    'leader',
    [],
    ' 居民报失，查找走失老人 ',
    { ok: true, basis: 'reason', reason: '居民报失，查找走失老人' }
  ],
  ['private', 'operator', incidents, '居民报失', { ok: true, basis: 'incident', incidentId: 'i-1' }],
  ['public', 'patrol', incidents, undefined, { ok: false, code: 'NOT_ALLOWED' }],
  ['public', 'administrator', incidents, '居民报失', { ok: false, code: 'NOT_ALLOWED' }]
] as const)('rule 9: a %s camera, %s, near %j, reason %j', (ownership, role, near, reason, decision) => {
  expect(mayView({ ownership }, { role }, near, reason)).toEqual(decision)
})

it('audits a look with its basis, and a refused one with its code', () => {
  const user: SessionUser = { userId: 'u', login: '10327', name: '林晓', role: 'operator', seat: 3 }
  const camera = id<CameraId>('cam-7')
  const look = (reason?: string) => cameraViewed(1, user, camera, mayView({ ownership: 'private' }, user, [], reason))
  expect(look('居民报失')).toMatchObject({ object: 'camera:cam-7', outcome: 'done', reason: '居民报失' })
  expect(look()).toMatchObject({ outcome: 'refused', reason: 'CAMERA_CLOSED' })
  expect(positionsRead(1, user, 'units', 6)).toMatchObject({
    action: 'positionRead',
    object: 'units',
    detail: { count: 6 }
  })
})

it('hashes with a salt of its own and verifies', async () => {
  const [a, b] = [await hashPassword('临溪 2026!'), await hashPassword('临溪 2026!')]
  expect(a).not.toBe(b)
  expect(a).toMatch(/^scrypt\$15\$8\$3\$/)
  expect(await verifyPassword('临溪 2026!', a)).toBe(true)
  expect(await verifyPassword('临溪 2026', a)).toBe(false)
})

it('refuses hashes that are missing, broken or absurdly dear', async () => {
  for (const hash of [undefined, '', 'plain', 'scrypt$31$8$8$AAAAAAAAAAAAAAAAAAAAAA$'.padEnd(70, 'A')]) {
    expect(await verifyPassword('', hash)).toBe(false)
  }
})

it('makes passwords that verify and that nobody guesses', async () => {
  const passwords = Array.from({ length: 200 }, randomPassword)
  expect(new Set(passwords).size).toBe(200)
  for (const password of passwords) expect(password).toMatch(/^([2-9a-km-np-z]{4}-){2}[2-9a-km-np-z]{4}$/)
  const [one = ''] = passwords
  expect(await verifyPassword(one, await hashPassword(one, 'generated'))).toBe(true)
})
