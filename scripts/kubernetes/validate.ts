import * as v from 'valibot';
import { watch } from './watch.ts';

/** What a manifest must be: a whole resource, or the part of one that a patch changes. */
export type Wholeness = 'resource' | 'patch';

/**
 * Everything wrong with one manifest, as lines `/path: what`; none where it is right. Fields the
 * API does not know are errors too. The schemas are Kubernetes' own OpenAPI document as
 * `kubernetes-models` compiles it: its types, required fields and formats.
 */
export async function validate(
  manifest: unknown,
  wholeness: Wholeness = 'resource',
): Promise<readonly string[]> {
  if (!v.is(Head, manifest)) return ['/: not an object with apiVersion and kind'];
  const Model = await modelOf(manifest);
  if (!Model) return [`/apiVersion: ${manifest.apiVersion} has no ${manifest.kind}`];
  const model = watch(new Model(manifest));
  const errors = errorsOf(model.value)
    .filter(({ keyword }) => wholeness === 'resource' || keyword !== 'required')
    .map(({ instancePath, message }) => `${instancePath === '' ? '/' : instancePath}: ${message}`);
  return [...errors, ...model.unread().map((path) => `${path}: unknown field`)];
}

const Head = v.looseObject({ apiVersion: v.string(), kind: v.string() });

interface Model {
  validate(): void;
}
type ModelClass = new (data: object) => Model;
/** A part of a resource has a class as well, without a kind of its own. */
const ModelClass = v.custom<ModelClass>((value) => typeof value === 'function' && 'kind' in value);

async function modelOf({ apiVersion, kind }: v.InferOutput<typeof Head>) {
  const path = `kubernetes-models/${apiVersion}/${kind}`;
  const loaded: unknown = await import(path).catch(() => undefined);
  const module = v.safeParse(v.looseObject({ [kind]: ModelClass }), loaded);
  return module.success ? module.output[kind] : undefined;
}

const SchemaErrors = v.object({
  errors: v.array(v.object({ instancePath: v.string(), keyword: v.string(), message: v.string() })),
});

function errorsOf(model: Model): v.InferOutput<typeof SchemaErrors>['errors'] {
  try {
    model.validate();
    return [];
  } catch (error) {
    return v.parse(SchemaErrors, error).errors;
  }
}
