/** What an audit entry or a device is about (`subject:household-12`), as the registry calls it now; what is not on record any more has no name. */
import { type CameraId, id, type SourceId, type SubjectId, type UnitId } from '../core/brand.ts'
import type { Registry } from '../registry/registry.ts'
import type { Rows } from '../registry/rows.ts'

export type NameOf = (object: string) => string | undefined

export interface Known extends Pick<Registry, 'unit' | 'camera'> {
  readonly rows: Pick<Rows, 'subject' | 'source' | 'group'>
}

export function objectNames({ rows, unit, camera }: Known): NameOf {
  const byKind = new Map<string, NameOf>(
    Object.entries({
      subject: (key: string) => rows.subject(id<SubjectId>(key))?.name,
      unit: (key: string) => unit(id<UnitId>(key))?.name,
      camera: (key: string) => camera(id<CameraId>(key))?.name,
      group: (key: string) => rows.group(key)?.name,
      source(key: string) {
        const source = rows.source(id<SourceId>(key))
        const name = source && rows.subject(source.subjectId)?.name
        return name && [name, source?.label].filter(Boolean).join(' · ')
      }
    } satisfies Record<string, NameOf>)
  )
  return object => {
    const at = object.indexOf(':')
    return at < 0 ? undefined : byKind.get(object.slice(0, at))?.(object.slice(at + 1))
  }
}
