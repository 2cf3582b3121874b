/** YAML text → its value, or the parser's words with line and column. */
import { parse } from 'yaml'

export type YamlRead = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly why: string }

export function readYaml(text: string): YamlRead {
  try {
    return { ok: true, value: parse(text) }
  } catch (error) {
    return { ok: false, why: (error as Error).message }
  }
}
