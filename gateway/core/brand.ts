/** Branded ids: a camera's id cannot be passed where an incident's is wanted, at no cost at run time. */

declare const brand: unique symbol
type Brand<B extends string> = string & { readonly [brand]: B }

/** `protocol:native id`, e.g. `mqtt:linxi/box-03`, `sip:6650147`, `jt808:013912345678`, `onvif:<endpoint>/<input>`. */
export type SourceId = Brand<'SourceId'>
/** A camera of the registry. */
export type CameraId = Brand<'CameraId'>
/** Whoever stands behind a source: a household, a premises, a vehicle, or the source itself when it is unmapped. */
export type SubjectId = Brand<'SubjectId'>
export type AlarmId = Brand<'AlarmId'>
export type IncidentId = Brand<'IncidentId'>
export type AssignmentId = Brand<'AssignmentId'>
export type EvidenceId = Brand<'EvidenceId'>
export type UnitId = Brand<'UnitId'>
export type UserId = Brand<'UserId'>
export type GroupId = Brand<'GroupId'>
export type FleetId = Brand<'FleetId'>
export type GridCellId = Brand<'GridCellId'>

/** Any of the branded ids from plain text that has been checked by the caller (configuration, database row, URL). */
export function id<T extends string>(text: string): T {
  return text as T
}

/** The protocol in front of the colon of a source id. */
export function protocolOf(source: SourceId): string {
  return source.slice(0, source.indexOf(':'))
}
