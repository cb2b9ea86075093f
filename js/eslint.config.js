// Types are checked by tsc; this holds what types cannot say.
import tseslint from "typescript-eslint";

export default tseslint.config(
  { ignores: ["node_modules", "*.mjs", "*.config.*"] },
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-confusing-void-expression": "off", // short arrow listeners read better
      "@typescript-eslint/no-non-null-assertion": "off", // noUncheckedIndexedAccess asks also where a loop's bound has answered
      "no-restricted-properties": [
        "error",
        ...["innerHTML", "outerHTML", "insertAdjacentHTML"].map((property) => ({
          property,
          message: "Text from outside is set by textContent.",
        })),
        { object: "document", property: "querySelector", message: "A widget knows only its own element." },
        { object: "document", property: "getElementById", message: "A widget knows only its own element." },
      ],
    },
  },
);
