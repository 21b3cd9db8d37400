/** OpenAPI Object (OpenAPI 3.1), as open as a program that walks it needs it. */

export type Json = null | boolean | number | string | readonly Json[] | { readonly [name: string]: Json };

export interface OpenApiDocument {
  readonly openapi: string;
  readonly info: { readonly title: string; readonly version: string; readonly [name: string]: Json };
  readonly paths: { readonly [path: string]: { readonly [method: string]: Json } };
  readonly components?: { readonly [kind: string]: { readonly [name: string]: Json } };
  readonly [name: string]: Json | undefined;
}
