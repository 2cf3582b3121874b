/** What a form sends that is far beyond its bounds, said at the fields as other faults are, in place of a refusal that names none. */
import type { FastifyRequest, FastifySchemaValidationError } from 'fastify'
import type { FaultCode, RecordFault } from '../core/subject-record.ts'

const CODES: Readonly<Record<string, FaultCode>> = {
  ...{ maxLength: 'farTooLong', maxItems: 'farTooMany', minLength: 'required' }
}

interface Refused {
  readonly saved: false
  readonly faults: readonly RecordFault[]
}

/**
 * For a route with `attachValidation`: undefined when the body is as its schema has it. `under` is where the draft lies in it.
 * Throws the schema's own error when that is about no field that somebody has typed into.
 */
export function draftFaults(request: FastifyRequest, under: '/draft' | ''): Refused | undefined {
  const error = request.validationError
  if (!error) return undefined
  // Of a choice of schemas what the others say of it ("must be null") is no fault of what was typed.
  const said: readonly FastifySchemaValidationError[] = error.validation
  const faults = said.flatMap(({ instancePath, keyword }) => {
    const code = CODES[keyword]
    const isTyped = error.validationContext === 'body' && instancePath.startsWith(`${under}/`)
    return code && isTyped ? [{ field: instancePath.slice(under.length + 1).replaceAll('/', '.'), code }] : []
  })
  if (faults.length === 0) throw error
  return { saved: false, faults }
}
