import * as v from 'valibot';

const Generator = v.strictObject({
  name: v.string(),
  namespace: v.optional(v.string()),
  files: v.optional(v.array(v.string()), []),
  envs: v.optional(v.array(v.string()), []),
  options: v.optional(
    v.strictObject({
      disableNameSuffixHash: v.optional(v.boolean()),
      annotations: v.optional(v.record(v.string(), v.string())),
    }),
  ),
});

/**
 * A kustomization.yaml, of those fields we use: the rest is unknown here, as every field is that
 * kustomize itself does not know.
 */
export const Kustomization = v.strictObject({
  apiVersion: v.literal('kustomize.config.k8s.io/v1beta1'),
  kind: v.literal('Kustomization'),
  resources: v.optional(v.array(v.string()), []),
  generatorOptions: v.optional(v.strictObject({ disableNameSuffixHash: v.boolean() })),
  configMapGenerator: v.optional(v.array(Generator), []),
  secretGenerator: v.optional(v.array(Generator), []),
  patches: v.optional(v.array(v.strictObject({ path: v.string() })), []),
  replacements: v.optional(v.array(v.strictObject({ path: v.string() })), []),
  /** As `kustomize edit set image` writes it, for a deployment's own registry and tag. */
  images: v.optional(
    v.array(v.strictObject({ name: v.string(), newName: v.string(), newTag: v.string() })),
  ),
});
export type Kustomization = v.InferOutput<typeof Kustomization>;

const Field = v.strictObject({ kind: v.string(), name: v.string() });

/** A file of replacements: one value of one resource, written into fields of others. */
export const Replacements = v.array(
  v.strictObject({
    source: v.strictObject({ ...Field.entries, fieldPath: v.string() }),
    targets: v.array(v.strictObject({ select: Field, fieldPaths: v.array(v.string()) })),
  }),
);
