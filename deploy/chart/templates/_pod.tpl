{{- /* The pod of either mode: the same container over another volume. */ -}}
{{- define "interchange.pod" -}}
metadata:
  labels:
    {{- include "interchange.labels" . | nindent 4 }}
    {{- with .Values.podLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
  annotations:
    # A pod reads them when it starts, so another one starts when they change.
    checksum/config: {{ toYaml .Values.config | sha256sum }}
    checksum/credentials: {{ toYaml .Values.credentials.values | sha256sum }}
    {{- with .Values.podAnnotations }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  serviceAccountName: {{ include "interchange.serviceAccountName" . }}
  automountServiceAccountToken: false
  {{- with .Values.imagePullSecrets }}
  imagePullSecrets:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  terminationGracePeriodSeconds: {{ .Values.terminationGracePeriodSeconds }}
  securityContext:
    runAsNonRoot: true
    runAsUser: 1000
    runAsGroup: 1000
    fsGroup: 1000
    fsGroupChangePolicy: OnRootMismatch
    seccompProfile:
      type: RuntimeDefault
  {{- if eq .Values.mode "shared" }}
  initContainers:
    # The gateway keeps its files for their owner alone, and may write them anew, which it could not do with a Secret.
    - name: keys
      image: {{ include "interchange.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      command: ["sh", "-c", "umask 077 && cp -L /keys/*.json /var/lib/interchange/"]
      securityContext:
        {{- include "interchange.containerSecurity" . | nindent 8 }}
      resources:
        requests:
          cpu: 10m
          memory: 16Mi
        limits:
          memory: 64Mi
      volumeMounts:
        - name: keys
          mountPath: /keys
          readOnly: true
        - name: data
          mountPath: /var/lib/interchange
  {{- end }}
  containers:
    - name: gateway
      image: {{ include "interchange.image" . | quote }}
      imagePullPolicy: {{ .Values.image.pullPolicy }}
      env:
        - name: HOST
          value: "0.0.0.0"
        - name: PORT
          value: "4000"
        - name: INTERCHANGE_CONFIG
          value: /etc/interchange/interchange.config.yaml
        - name: INTERCHANGE_DATA_DIR
          value: /var/lib/interchange
        - name: INTERCHANGE_LOG
          value: {{ .Values.log | quote }}
        {{- if .Values.database.existingSecret }}
        - name: INTERCHANGE_DATABASE_URL
          valueFrom:
            secretKeyRef:
              name: {{ .Values.database.existingSecret }}
              key: {{ .Values.database.key }}
        {{- end }}
        {{- with .Values.extraEnv }}
        {{- toYaml . | nindent 8 }}
        {{- end }}
      {{- if or .Values.credentials.values .Values.credentials.existingSecret }}
      envFrom:
        {{- if .Values.credentials.values }}
        - secretRef:
            name: {{ include "interchange.fullname" . }}-credentials
        {{- end }}
        {{- if .Values.credentials.existingSecret }}
        - secretRef:
            name: {{ .Values.credentials.existingSecret }}
        {{- end }}
      {{- end }}
      ports:
        - name: http
          containerPort: 4000
          protocol: TCP
      startupProbe:
        httpGet:
          path: /healthz
          port: http
        periodSeconds: 2
        failureThreshold: 60
      livenessProbe:
        httpGet:
          path: /healthz
          port: http
        periodSeconds: 10
        timeoutSeconds: 3
        failureThreshold: 6
      readinessProbe:
        httpGet:
          path: /readyz
          port: http
        periodSeconds: 5
        timeoutSeconds: 3
        failureThreshold: 2
      {{- if .Values.preStopSeconds }}
      lifecycle:
        preStop:
          exec:
            command: ["sleep", {{ .Values.preStopSeconds | quote }}]
      {{- end }}
      securityContext:
        {{- include "interchange.containerSecurity" . | nindent 8 }}
      {{- with .Values.resources }}
      resources:
        {{- toYaml . | nindent 8 }}
      {{- end }}
      volumeMounts:
        - name: config
          mountPath: /etc/interchange
          readOnly: true
        - name: data
          mountPath: /var/lib/interchange
  volumes:
    - name: config
      configMap:
        name: {{ include "interchange.fullname" . }}
    {{- if eq .Values.mode "shared" }}
    - name: keys
      secret:
        secretName: {{ .Values.keys.existingSecret }}
        # 0440, to the group of fsGroup.
        defaultMode: 288
    - name: data
      emptyDir:
        sizeLimit: 64Mi
    {{- end }}
  {{- with .Values.nodeSelector }}
  nodeSelector:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.affinity }}
  affinity:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.tolerations }}
  tolerations:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .Values.topologySpreadConstraints }}
  topologySpreadConstraints:
    {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "interchange.image" -}}
{{- printf "%s:%s" .Values.image.repository (default .Chart.AppVersion .Values.image.tag) -}}
{{- end -}}

{{- define "interchange.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop:
    - ALL
{{- end -}}
