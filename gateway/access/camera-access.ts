/** Rule 9: a private camera opens only while an incident near it is open, or with a stated reason; every look is audited. */
import type { IncidentId } from '../core/brand.ts'
import type { Incident } from '../core/incident.ts'
import type { CameraRow } from '../core/unit.ts'
import type { Role } from '../core/wire.ts'
import { may } from './permissions.ts'

/** `basis` goes into the audit log: why this look was allowed. */
export type CameraDecision =
  | { readonly ok: true; readonly basis: 'public' }
  | { readonly ok: true; readonly basis: 'incident'; readonly incidentId: IncidentId }
  | { readonly ok: true; readonly basis: 'reason'; readonly reason: string }
  | { readonly ok: false; readonly code: 'NOT_ALLOWED' | 'CAMERA_CLOSED' }

/** False where the incident rests on what this person alone has found: nobody opens a private camera to himself. */
export function opensTo({ foundBy }: Pick<Incident, 'foundBy'>, { login }: { readonly login: string }): boolean {
  return foundBy === undefined || foundBy !== login
}

/** Fewer letters or digits are no reason that anybody can check later; `....` is none at all. */
const REASON = /(?:[\p{L}\p{N}][^\p{L}\p{N}]*){4}/u
const REASON_MAX = 200

/** `openIncidentsNear` are open incidents that list this camera among their nearest and open to this person. An incident outranks a reason as the basis. */
export function mayView(
  camera: Pick<CameraRow, 'ownership'>,
  user: { readonly role: Role },
  openIncidentsNear: readonly IncidentId[],
  reason?: string
): CameraDecision {
  if (!may(user, 'camera.view')) return { ok: false, code: 'NOT_ALLOWED' }
  if (camera.ownership === 'public') return { ok: true, basis: 'public' }
  const [incidentId] = openIncidentsNear
  if (incidentId !== undefined) return { ok: true, basis: 'incident', incidentId }
  const stated = statedReason(reason)
  if (stated !== undefined) return { ok: true, basis: 'reason', reason: stated }
  return { ok: false, code: 'CAMERA_CLOSED' }
}

/** A dispatcher sees into a car of the own fleet while its incident is open, and nothing else; no reason opens more. */
export function mayViewInFleet(
  camera: Pick<CameraRow, 'vehicle'>,
  user: { readonly role: Role },
  openIncidentsOfFleet: readonly IncidentId[]
): CameraDecision {
  if (!may(user, 'camera.fleet') || !camera.vehicle) return { ok: false, code: 'NOT_ALLOWED' }
  const [incidentId] = openIncidentsOfFleet
  return incidentId === undefined ? { ok: false, code: 'CAMERA_CLOSED' } : { ok: true, basis: 'incident', incidentId }
}

/** The words as they go into the audit log; undefined where they are no reason. */
export function statedReason(reason: string | undefined): string | undefined {
  // Cut first: what was checked is what is written.
  const stated = reason?.trim().slice(0, REASON_MAX) ?? ''
  return REASON.test(stated) ? stated : undefined
}
