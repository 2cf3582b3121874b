/** A sheet of paper as its writers make it and the layout draws it: words only, nothing of points and fonts. */

export interface Column {
  readonly title: string
  /** Share of the width beside the others. */
  readonly share: number
  readonly right?: boolean
}

export type Block =
  | { readonly kind: 'heading'; readonly text: string }
  /** What must not be overlooked, in a frame. */
  | { readonly kind: 'warning'; readonly text: string }
  | { readonly kind: 'text'; readonly text: string }
  /** A form: names in grey cells, values beside them; `across`: so many pairs beside one another. */
  | {
      readonly kind: 'facts'
      readonly across: 1 | 2 | 3
      readonly rows: readonly (readonly [name: string, value: string])[]
    }
  /** Its head stands on every page it reaches. */
  | {
      readonly kind: 'table'
      readonly columns: readonly Column[]
      readonly rows: readonly (readonly string[])[]
      readonly empty: string
      /** Its last row adds up the others. */
      readonly total?: true
    }
  /** Lines to be signed on. */
  | { readonly kind: 'signatures'; readonly names: readonly string[] }

export interface Sheet {
  readonly language: 'zh-CN' | 'en'
  readonly title: string
  /** Beside the title: a number, a span of days. */
  readonly subject: string
  /** Who keeps the gateway: in the head of every page. */
  readonly site: string
  /** In the foot of every page: who printed it and when, and the check value. */
  readonly foot: string
  readonly landscape?: boolean
  readonly blocks: readonly Block[]
  page(n: number, of: number): string
}
