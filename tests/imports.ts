/** What a source file imports, read by a real parser, for the layout test. */
import { readFileSync } from 'node:fs'
import { parseSync } from 'vite'

export interface Import {
  readonly specifier: string
  /** `import type` and `export type`: gone at run time. `import { type A }` is not, since the module is still loaded. */
  readonly typeOnly: boolean
}

/** Static and dynamic imports and re-exports; dynamic ones only with a literal. */
export function importsOf(file: string): readonly Import[] {
  const source = readFileSync(file, 'utf8')
  const { module, errors } = parseSync(file, source)
  if (errors.length > 0) throw new Error(`${file} cannot be parsed: ${errors[0]?.message}`)
  const typeOnly = (start: number) => /^(import|export)\s+type\b/.test(source.slice(start, start + 40))
  const imports = module.staticImports.map(({ start, moduleRequest }) => ({
    specifier: moduleRequest.value,
    typeOnly: typeOnly(start)
  }))
  const exports = module.staticExports.flatMap(({ start, entries }) => {
    const [specifier] = entries.flatMap(({ moduleRequest }) => (moduleRequest ? [moduleRequest.value] : []))
    return specifier === undefined ? [] : [{ specifier, typeOnly: typeOnly(start) }]
  })
  const dynamic = module.dynamicImports.flatMap(({ moduleRequest }) => {
    const literal = /^['"](.*)['"]$/.exec(source.slice(moduleRequest.start, moduleRequest.end))?.[1]
    return literal === undefined ? [] : [{ specifier: literal, typeOnly: false }]
  })
  return [...imports, ...exports, ...dynamic]
}
