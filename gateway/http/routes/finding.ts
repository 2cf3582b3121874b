/** The query of lists that are searched and scrolled. */
import Type from 'typebox'
import type { PageQuery } from '../../core/find.ts'
import { RECORD_LIMITS } from '../../core/subject-record.ts'

export const FindQuery = Type.Object(
  {
    text: Type.Optional(Type.String({ maxLength: RECORD_LIMITS.textLength })),
    offset: Type.Optional(Type.String({ pattern: '^\\d{1,6}$' })),
    limit: Type.Optional(Type.String({ pattern: '^\\d{1,3}$' }))
  },
  { additionalProperties: false }
)
export type Finding = Partial<Readonly<Record<'text' | 'offset' | 'limit', string>>>

export function findingOf({ text = '', offset = '0', limit = '100' }: Finding, most: number): PageQuery {
  return { text, offset: Number(offset), limit: Math.min(most, Number(limit)) }
}
