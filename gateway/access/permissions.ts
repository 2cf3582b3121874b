/** Who may do what: one table from role to permission; scopes (own fleet, own assignment) are checked where the object is known. */
import type { Role } from '../core/wire.ts'

/** Everything a role can be allowed. */
export type Permission =
  | 'incident.read'
  | 'incident.act'
  /** Take an incident that another seat owns. */
  | 'incident.take'
  /** Review and file 归档. */
  | 'incident.close'
  | 'camera.view'
  /** Recordings: the last day of public cameras, others around incidents or with a reason. */
  | 'recording.view'
  /** Recordings of public cameras of any age, without a reason. */
  | 'recording.browse'
  /** Figures and availability of cameras, never their picture. */
  | 'camera.health'
  /** Announce work on cameras, and end it. */
  | 'camera.plan'
  /** Clips and stills; a patrol only those of its own task. */
  | 'evidence.view'
  /** Give evidence out of the house; an operator only of the incident he owns. */
  | 'evidence.export'
  /** Sheets of paper: of the incidents and shifts one has worked on. */
  | 'print.own'
  /** Of any incident and any shift; what was retrieved by whom. */
  | 'print.any'
  /** Any evidence and recording, of any incident. */
  | 'evidence.exportAny'
  /** Legal holds 封存. */
  | 'evidence.hold'
  /** Orders to devices: the owner's or a leader's, a taxi dispatcher's by text to the own fleet. */
  | 'device.command'
  /** Positions of patrols on duty and of vehicles with an open incident (rule 10). */
  | 'position.read'
  /** Call many units at once 一键群呼, follow it and end it. */
  | 'unit.call'
  /** Ask for the live picture of a patrol's phone: a leader of any, an operator of a unit sent to the own incident. */
  | 'unit.video'
  /** Own duty, position, offers and reports. */
  | 'patrol.self'
  /** Cameras inside vehicles of the own fleet, while their incident is open. */
  | 'camera.fleet'
  /** Alarms of the own fleet. */
  | 'fleet.read'
  /** Alarm sources: how each is, who stands behind it. */
  | 'source.read'
  /** Their last frames, decoded beside the bytes; each reading is audited. */
  | 'source.frames'
  /** Put sources on test, and end it. */
  | 'source.test'
  /** Shelve an alarm source that is no panic source, with a reason and an end, and end it. */
  | 'source.shelve'
  /** Take a vehicle terminal that asks to be registered, or refuse it. */
  | 'terminal.approve'
  /** Households, vehicles, groups, units and the grid: what the registry says. */
  | 'registry.manage'
  /** API tokens of other programs. */
  | 'token.manage'
  /** How far the messages to other systems are. */
  | 'delivery.read'
  /** Other systems that are told: make, change, pause, try, send again. */
  | 'sink.manage'
  /** Times of the incident work and which classes of units the system may send: read and change them. */
  | 'setting.manage'
  /** Figures of all incidents, on screen and as files; each look is audited. */
  | 'report.read'
  | 'diagnostics.read'
  | 'audit.read'
  | 'user.manage'
  /** End the session that holds a seat. */
  | 'seat.free'
  /** The books of 处置预案: read them, and make the next version. */
  | 'sop.read'
  | 'sop.edit'
  /** Layouts and tours of the video wall; shared ones are changed by their maker or a leader. */
  | 'wall.edit'
  /** Plans and reports of the video patrol. */
  | 'videoPatrol.plan'
  /** Walk the rounds of one's own shift. */
  | 'videoPatrol.do'
  /** Press simulated buttons; besides, only in demo mode. */
  | 'demo.press'

const FLOOR = [
  'incident.read',
  'incident.act',
  'device.command',
  'camera.view',
  'recording.view',
  'camera.health',
  'evidence.view',
  'evidence.export',
  'print.own',
  'position.read',
  'unit.video',
  'source.read',
  'source.frames',
  'source.test',
  'source.shelve',
  'sop.read',
  'wall.edit',
  'videoPatrol.do',
  'demo.press'
] as const

const BY_ROLE: Readonly<Record<Role, ReadonlySet<Permission>>> = {
  operator: new Set<Permission>(FLOOR),
  leader: new Set<Permission>([
    ...FLOOR,
    'incident.take',
    'incident.close',
    'camera.plan',
    'recording.browse',
    'evidence.exportAny',
    'print.any',
    'evidence.hold',
    'videoPatrol.plan',
    'unit.call',
    'report.read',
    'diagnostics.read',
    'audit.read',
    'seat.free'
  ]),
  patrol: new Set<Permission>(['patrol.self', 'evidence.view']),
  taxiDispatcher: new Set<Permission>(['fleet.read', 'camera.fleet', 'device.command']),
  administrator: new Set<Permission>([
    'camera.health',
    'camera.plan',
    'source.read',
    'source.frames',
    'source.test',
    'terminal.approve',
    'registry.manage',
    'token.manage',
    'delivery.read',
    'sink.manage',
    'setting.manage',
    'sop.read',
    'sop.edit',
    'report.read',
    'diagnostics.read',
    'audit.read',
    'user.manage',
    'seat.free',
    'demo.press'
  ]),
  // Reads, and acts on nothing; no live picture and no recording beside the evidence.
  auditor: new Set<Permission>([
    'incident.read',
    'evidence.view',
    'print.own',
    'print.any',
    'camera.health',
    'source.read',
    'sop.read',
    'report.read',
    'diagnostics.read',
    'audit.read'
  ])
}

/** True when the role of this user carries the permission. */
export function may(user: { readonly role: Role }, permission: Permission): boolean {
  return BY_ROLE[user.role].has(permission)
}
